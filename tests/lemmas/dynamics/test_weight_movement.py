import numpy as np

from lemmas.dynamics import weight_movement
from verify.stats.streams import StreamKey


def test_a_run_that_reaches_the_labels_exactly_is_drawn():
    rng = StreamKey("weight-movement.worstcase", "random", 13).generator(4)
    drawn = weight_movement.draw(rng, "random")
    sizes = np.linalg.norm(drawn["e_path"], axis=1)
    assert sizes[-2] == 0
    assert 0 < drawn["keep"] < 1


def test_the_point_is_a_step_of_gradient_descent():
    """W(1) = W(0) + eta e a exp(0) x, computed by hand."""
    at = weight_movement.ONE_STEP
    step = at["eta"] * at["e_path"][0, 0] * at["a"][0] * at["X"][0, 0]
    assert at["path"][1, 0, 0] - at["path"][0, 0, 0] == step
    assert at["e_path"][0, 0] == 1.5 - np.exp(0)

import numpy as np
from toy_lemmas import box_norm

from verify.checks.instances import Instances
from verify.checks.reading import Reader
from verify.lemma import Search
from verify.stats.streams import StreamKey

KEY = StreamKey("toy.worstcase", box_norm.cases[0], 3)


def test_one_that_remembers_gives_variants_the_same_instance_and_numbers():
    kept = Instances(remember=True)
    first, reading = kept.drawn(Reader(box_norm), KEY, 0)
    again, other = kept.drawn(Reader(box_norm.drop("bounded")), KEY, 0)
    assert again is first
    assert other.claim is reading.claim
    assert "bounded" in reading.given
    assert "bounded" not in other.given


def test_what_is_remembered_is_what_is_drawn_afresh():
    fresh, reading = Instances().drawn(Reader(box_norm), KEY, 0)
    kept, other = Instances(remember=True).drawn(Reader(box_norm), KEY, 0)
    assert all(np.array_equal(fresh[name], kept[name]) for name in fresh)
    assert reading.values == other.values
    assert reading.claim.ratio == other.claim.ratio


def test_one_that_does_not_remember_keeps_nothing():
    fresh = Instances()
    assert fresh.drawn(Reader(box_norm), KEY, 0)[0] is not fresh.drawn(Reader(box_norm), KEY, 0)[0]


def test_a_variant_with_a_draw_or_family_of_its_own_shares_nothing():
    kept = Instances(remember=True)
    point = np.array([0.25, 0.5])
    ones, twos = (Search(2, lambda u, size=size: {"u": size * np.ones(3), "B": 1.0 + u[0]}) for size in (1, 2))
    for search, size in ((ones, 1), (twos, 2), (ones, 1)):
        assert kept.searched(Reader(box_norm), search, point)[0]["u"][0] == size

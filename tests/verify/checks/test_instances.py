import numpy as np
from toy_lemmas import box_norm

from verify.checks.instances import Instances
from verify.checks.reading import Reader
from verify.lemma import Search
from verify.stats.streams import StreamKey

KEY = StreamKey("toy.worstcase", box_norm.cases[0], 3)
DRAW = box_norm.draw


def test_one_that_remembers_gives_variants_the_same_instance_and_numbers():
    kept = Instances(remember=True)
    first, again = kept.drawn(DRAW, KEY, 0), kept.drawn(DRAW, KEY, 0)
    reading, other = Reader(box_norm).look(first), Reader(box_norm.drop("bounded")).look(again)
    assert again is first
    assert other.claim is reading.claim
    assert "bounded" in reading.given
    assert "bounded" not in other.given


def test_what_is_remembered_is_what_is_drawn_afresh():
    fresh, kept = Instances().drawn(DRAW, KEY, 0), Instances(remember=True).drawn(DRAW, KEY, 0)
    assert all(np.array_equal(fresh.instance[name], kept.instance[name]) for name in fresh.instance)
    reading, other = Reader(box_norm).look(fresh), Reader(box_norm).look(kept)
    assert reading.values == other.values
    assert reading.claim.ratio == other.claim.ratio


def test_one_that_does_not_remember_keeps_nothing():
    fresh = Instances()
    assert fresh.drawn(DRAW, KEY, 0) is not fresh.drawn(DRAW, KEY, 0)


def test_other_streams_and_seeds_are_other_instances():
    kept = Instances(remember=True)
    keys = [KEY, StreamKey(KEY.check, KEY.case, 4), StreamKey(KEY.check, box_norm.cases[1], 3)]
    drawn = [kept.drawn(DRAW, key, seed).instance["u"][0] for key in keys for seed in (0, 1)]
    assert len(set(drawn)) == len(drawn)


def test_a_variant_with_a_draw_or_family_of_its_own_shares_nothing():
    kept = Instances(remember=True)
    point = np.array([0.25, 0.5])
    ones, twos = (Search(2, lambda u, size=size: {"u": size * np.ones(3), "B": 1.0 + u[0]}) for size in (1, 2))
    for search, size in ((ones, 1), (twos, 2), (ones, 1)):
        assert kept.searched(search, point).instance["u"][0] == size

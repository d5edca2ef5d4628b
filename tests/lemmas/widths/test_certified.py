"""The certified width: the least with a certificate, at most what is asked for, none where there is none."""

from __future__ import annotations

import numpy as np
import pytest

from lemmas import data
from lemmas.certificate.format import Certificate
from lemmas.certificate.prove import NotObtained, certify
from lemmas.simulation.observe import STEPS
from lemmas.simulation.simulate import Init
from lemmas.widths.certified import certified_width


@pytest.mark.parametrize(("init", "copies"), [("coupled", 2), ("independent", 1)])
def test_it_is_the_least_with_a_certificate(init: Init, copies: int) -> None:
    points = data.orthonormal(3)
    found = certified_width(points, init, 0)
    assert found is not None
    assert points.y is not None
    for m in range(copies, found + 1, copies):
        tried = certify(points.X, points.y, width=m, init=init, seed=0, max_steps=STEPS)
        assert isinstance(tried, Certificate if m == found else NotObtained)


def test_none_within_what_is_allowed() -> None:
    assert certified_width(data.orthonormal(3), "independent", 0, largest=1) is None


def test_without_labels_they_are_signs_of_the_seed() -> None:
    points = data.dataset("two", np.array([[0.6, 0.8], [0.6, -0.8]]) * (1 - 1e-12))
    assert points.y is None
    assert certified_width(points, "coupled", 3) == certified_width(points, "coupled", 3) == 2


def test_a_certificate_that_is_not_confirmed_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lemmas.widths.certified.check_bytes", lambda _: None)
    assert certified_width(data.orthonormal(2), "coupled", 0, largest=4) is None

"""No constant of a lemma is typed again in a chain: where its lemma is edited, a requirement of the chain moves."""

from __future__ import annotations

import pytest
import sympy as sp

from lemmas.theorems import convergence_classical, convergence_sharp, convergence_sharp_independent
from verify.chain import Chain, Library, requirements
from verify.lemma import Lemma
from verify.pipeline.select import installed

CHAINS: dict[str, Chain] = {
    "classical": convergence_classical.CHAIN,
    "sharp": convergence_sharp.CHAIN,
    "by neurons": convergence_sharp.CHAIN_BY_NEURONS,
    "data-free": convergence_sharp.CHAIN_DATA_FREE,
    "independent": convergence_sharp_independent.CHAIN,
    "independent, data-free": convergence_sharp_independent.CHAIN_DATA_FREE,
    "sub-Gaussian": convergence_sharp_independent.CHAIN_SUB_GAUSSIAN,
}
STATED: Library = installed().lemma
BY_THE_WAY = {"jacobian-lipschitz": "bounded"}  # what a chain reads off without a link


def stated_by(chain: Chain) -> list[tuple[str, str]]:
    """(lemma, constant) for every constant in the statements that the chain is composed of."""
    parts = {(link.lemma, link.part) for link in chain.links}
    if chain.theorem != "convergence-classical":
        parts |= set(BY_THE_WAY.items())
    found = []
    for lemma, part in sorted(parts):
        statement = STATED(lemma).also[part] if part else STATED(lemma)
        found += [(lemma, c.name) for r in statement.relations for c in r.symbols if c.name in statement.constants]
    return sorted(set(found))


EVERY = [(name, *constant) for name, chain in CHAINS.items() for constant in stated_by(chain)]


@pytest.mark.parametrize(("name", "lemma", "constant"), EVERY, ids=lambda label: label)
def test_an_edited_constant_moves_a_requirement(name: str, lemma: str, constant: str) -> None:
    value = STATED(lemma).constants[constant].value * sp.Rational(9, 10)

    def edited(other: str) -> Lemma:
        return STATED(other).set(**{constant: value}) if other == lemma else STATED(other)

    before, after = (requirements(CHAINS[name], library) for library in (STATED, edited))
    assert [r.relation for r in before] != [r.relation for r in after]


@pytest.mark.parametrize("name", CHAINS)
def test_every_chain_states_some_constant(name: str) -> None:
    assert len({lemma for chain, lemma, _ in EVERY if chain == name}) >= 3

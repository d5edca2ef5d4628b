"""Proofs: calc chains over facts that only algebra, certificates, other lemmas and rules can make."""

from verify.proof import rules
from verify.proof.facts import Fact, StepFailed, assume, in_domain, iterate, value_of
from verify.proof.proof import Disproved, Proof
from verify.proof.steps import algebra, bound, calc, certified, chain, instance, plus, times
from verify.proof.terms import Index, Inner, Norm, gaussians, mean, normal_tail, scalars, sup, total, vectors

__all__ = [
    "Disproved",
    "Fact",
    "Index",
    "Inner",
    "Norm",
    "Proof",
    "StepFailed",
    "algebra",
    "assume",
    "bound",
    "calc",
    "certified",
    "chain",
    "gaussians",
    "in_domain",
    "instance",
    "iterate",
    "mean",
    "normal_tail",
    "plus",
    "rules",
    "scalars",
    "sup",
    "times",
    "total",
    "value_of",
    "vectors",
]

"""The sharp theorem: proved in all its forms, with widths of a few thousand, every hypothesis verified in balls."""

from __future__ import annotations

import dataclasses
from fractions import Fraction

import pytest
import sympy as sp

from lemmas import data
from lemmas.lookup import library
from lemmas.theorems.convergence_sharp import CHAIN, CHAIN_BY_NEURONS, lemma
from lemmas.widths import Case, sharp
from verify.chain import verify
from verify.checks import symbolic
from verify.checks.base import EFFORTS, Context
from verify.lemma import Lemma
from verify.proof import Proof, StepFailed
from verify.verdict import Verdict

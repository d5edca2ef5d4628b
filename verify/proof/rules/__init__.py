"""Every rule a proof may apply. Importing this package registers them all; each module is its own list."""

from verify.proof.rules.calculus import *  # noqa: F403  # the modules are the lists: a second one here would rot
from verify.proof.rules.expectation import *  # noqa: F403
from verify.proof.rules.forms import *  # noqa: F403
from verify.proof.rules.induction import *  # noqa: F403
from verify.proof.rules.laws import *  # noqa: F403
from verify.proof.rules.loewner import *  # noqa: F403
from verify.proof.rules.logic import *  # noqa: F403
from verify.proof.rules.matrices import *  # noqa: F403
from verify.proof.rules.matrix_concentration import *  # noqa: F403
from verify.proof.rules.norms import *  # noqa: F403
from verify.proof.rules.operators import *  # noqa: F403
from verify.proof.rules.probability import *  # noqa: F403
from verify.proof.rules.registry import RULES, Rule

__all__ = ["RULES", "Rule", *(name.replace("-", "_") for name in RULES)]

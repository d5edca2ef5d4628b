"""The notation table, sixth page: a run of gradient descent for the network, as a walk (see lemmas.notation.walk).

The walk is any sequence of weights: hypotheses say that its residuals are the network's and that it descends. So the
step size may depend on the start. Instances hold X, y, a, W0, eta and T.
"""

from __future__ import annotations

import sympy as sp

from lemmas import model
from lemmas.notation.descent import rows
from lemmas.notation.start import b
from lemmas.notation.symbols import a, eta, g, gram_entries, i, r, t, w0, x, y
from lemmas.notation.walk import res, shrinks, walk, worst_step
from verify import Quantity, Relation, le, positive, real
from verify.proof.terms import Inner, LambdaMin, Mat, Norm, Spectral, euclidean, sup, total


def feature(time: sp.Expr, neuron: sp.Expr, point: sp.Expr) -> sp.Expr:
    """exp(<w_r(t), x_i>)."""
    return sp.exp(Inner(walk(time, neuron), x(point)))


def block(time: sp.Expr, neuron: sp.Expr, point: sp.Expr) -> sp.Expr:
    """Block r of row i of the Jacobian: a_r exp(<w_r, x_i>) x_i."""
    return a(neuron) * feature(time, neuron, point) * x(point)


def output_at(time: sp.Expr, point: sp.Expr) -> sp.Expr:
    """F(W(t), x_i)."""
    return total(a(r) * feature(time, r, point), r)


def _miss(time: sp.Expr, point: sp.Expr) -> sp.Expr:
    return res(time, point) - y(point) + output_at(time, point)


H_first = Mat("H0", gram_entries(lambda neuron: walk(1, neuron)))
lam_H1 = Quantity(
    "lam_H1",
    real(),
    "least eigenvalue of H(W(1))",
    lambda at: model.lambda_min(model.gram(at["X"], at["W0"])),
    LambdaMin(H_first),
)
J_first = Quantity(
    "J_first",
    real(0),
    "|J(W(1))|",
    lambda at: model.spectral_norm(model.jacobian(at["X"], at["W0"], at["a"])),
    sp.sqrt(Spectral(rows("JJ", block(1, r, i)))),
)
M1_first = Quantity(
    "M1_first",
    real(),
    "largest <w_r(1), x_i>",
    lambda at: model.max_preactivation(at["X"], at["W0"]),
    sup(Inner(walk(1, r), x(i)), r, i),
)
eta_0 = Quantity("eta_0", positive(), "the step size, chosen when the start is known, so random", lambda at: at["eta"])


def gap(name: str, meaning: str, definition: sp.Expr) -> Quantity:
    """What is 0 by construction: a hypothesis says so, and an instance, of which the run is made, always meets it."""
    return Quantity(name, real(0), meaning, lambda at: 0 * at["eta"], definition)


def _strays(step: sp.Expr) -> sp.Expr:
    """The largest |w_r(t+1) - w_r(t) + step dL/dw_r|."""
    return sup(Norm(walk(t + 1, r) - walk(t, r) - step * total(res(t, i) * block(t, r, i), i)), t, r)


descent_gap = gap(
    "descent_gap", "largest |w_r(t+1) - w_r(t) + eta dL/dw_r|; 0 for a run of gradient descent", _strays(eta)
)
descent_gap_0 = gap("descent_gap_0", "the same with the step size eta_0", _strays(eta_0))
residual_gap = gap(
    "residual_gap",
    "largest |e_i(t) - y_i + F(W(t), x_i)| + the same a step later; 0 for the residuals of the network",
    sup(sp.Abs(_miss(t, i)) + sp.Abs(_miss(t + 1, i)), t, i),
)
start_gap = gap("start_gap", "largest |w_r(1) - w_r(0)|; 0 if the run begins at W(0)", sup(Norm(walk(1, r) - w0(r)), r))
RUN: dict[str, Relation] = {
    "starts there": le(start_gap, 0),
    "descent": le(descent_gap, 0),
    "residuals": le(residual_gap, 0),
}
worst_step_0 = Quantity(
    "worst_step_0", real(), "worst_step with the step size eta_0", worst_step.measure, shrinks(eta_0)
)
own_gap = gap(
    "own_gap",
    "largest |w_r(1) - g_r|; 0 if every neuron starts at a Gaussian vector of its own",
    sup(Norm(walk(1, r) - g(r)), r),
)
toss_gap = gap(
    "toss_gap",
    "largest difference of a sign from an independent one; 0 for independent signs",
    sup(sp.Abs(a(r) - b(r)), r),
)
y_norm = Quantity("y_norm", real(0), "|y|", lambda at: model.frobenius(at["y"]), euclidean(y(i), i))

"""The lemmas of a small report: every verdict and every kind of evidence."""

from __future__ import annotations

from report_entries import Report, constant, evidence, lemma, planted, quantile, step


def scalar_lemmas() -> list[Report]:
    return [
        lemma(
            "exp-first-order",
            "scalar",
            "proved",
            r"|e^z - 1| \le 2\,|z|, \qquad |z| \le 1",
            statement={
                "latex": r"|e^z - 1| \le 2\,|z|, \qquad |z| \le 1",
                "sympy": "Abs(exp(z) - 1) <= C*Abs(z)",
                "given": ["z in (-oo, oo): any real number", "unit: Abs(z) <= 1"],
                "fails_with": None,
            },
            proof=[step("exp(z) - 1 = z*phi1(z)", "algebra", None), step("phi1 <= C on [-1, 1]", "certificate", None)],
            evidence=[
                evidence("interval", "proved", "phi1 is increasing, so the ends decide", boxes=2),
                evidence("precision", "inconclusive", "no violation at 60 digits", points=4000),
            ],
            constants=[
                constant(
                    "exp-first-order.C",
                    "2",
                    {"lower": "1.718281828459", "upper": "1.718281828460", "exact": "exp(1) - 1"},
                )
            ],
            margin={"factor": 1.1639534137, "meaning": "stated over sharp constant", "at": {"z": 1}},
            planted=[
                planted("C = 1.71", "refuted", "at z = 1: 1.71828 > 1.71"),
                planted("drop unit", "refuted", "at z = 1.3: 2.669 > 2.6"),
            ],
        ),
        lemma(
            "one-plus-x",
            "scalar",
            "proved",
            r"1 + x \le e^x",
            uses=[],
            proof=[step("exp(x) - 1 - x >= 0", "certificate", None)],
            evidence=[evidence("interval", "proved", "a double zero at x = 0, convex elsewhere")],
            constants=[constant("one-plus-x.C", "1", {"lower": "1", "upper": "1", "exact": "1"}, "tight")],
            margin={"factor": 1.0, "meaning": "attained", "at": {"x": 0}},
            planted=[planted("flip the sign", "refuted", "at x = 1")],
        ),
        lemma(
            "exp-decay-quadratic",
            "scalar",
            "certified",
            r"e^{-x} \le 1 - x + \tfrac{1}{2}x^2, \qquad x \ge 0",
            evidence=[evidence("interval", "certified", "1204 boxes, the touching point divided out", boxes=1204)],
            margin={"factor": 1.0, "meaning": "attained", "at": {"x": 0}},
        ),
    ]


def random_lemmas() -> list[Report]:
    bound = r"\Pr\Big(\max_{r,i} |\langle w_r(0), x_i\rangle| \le \sqrt{2\log(2qn/\delta)}\Big) \ge 1-\delta"
    tail = (
        r"\Pr\big(H(W(0)) \not\succeq (1-t)K\big) \le n\exp\Big(-\frac{q\,t^2}{2V}\Big), \qquad "
        r"V = \bigl\|\mathbb{E}A^2\bigr\|"
    )
    draws = [0.5 + 0.01 * ((37 * k) % 40) for k in range(200)]
    return [
        lemma(
            "exp-uniform-bound",
            "initialization",
            "supported",
            bound,
            statement={
                "latex": bound,
                "sympy": "M <= sqrt(2*log(2*n*q/delta))",
                "given": ["many: q*n >= 2*delta"],
                "fails_with": "delta",
            },
            designated="montecarlo",
            trusts=["union bound"],
            evidence=[
                evidence(
                    "montecarlo",
                    "supported",
                    "0 of 600 draws broke it; p < delta at level 1e-9",
                    trials=600,
                    failures=0,
                    stopped="the e-process reached 1e9",
                    draws=draws,
                    quantile=quantile(0.87, 0.85, 0.9),
                )
            ],
            margin={"factor": 1.149, "meaning": "1 / quantile of left over right", "at": {"quantile": 0.9}},
            planted=[
                planted("K = 1", "true", "the factor 2 is not needed"),
                planted("B/2", "refuted", "31 of 40 draws broke it"),
            ],
            limitations=["Tested at q <= 4096.", "Standard normal start only."],
        ),
        lemma(
            "gram-lower-tail",
            "initialization",
            "supported",
            tail,
            uses=["exp-decay-quadratic", "one-plus-x"],
            designated="montecarlo",
            trusts=["Tropp's master bound", "transfer rule"],
            proof=[
                step("E exp(-theta A) <= exp(-theta I + theta^2 E A^2 / 2)", "rule", "transfer rule"),
                step("e^{-x} <= 1 - x + x^2/2", "lemma", "exp-decay-quadratic", "certified"),
                step("1 + x <= e^x", "lemma", "one-plus-x"),
                step("optimise theta = t/V", "algebra", None),
            ],
            evidence=[
                evidence(
                    "montecarlo",
                    "supported",
                    "1 of 900 draws broke it",
                    trials=900,
                    failures=1,
                    stopped="the e-process reached 1e9",
                    quantile=quantile(0.41, 0.38, 0.43),
                )
            ],
            margin={"factor": 2.44, "meaning": "1 / quantile of left over right", "at": {"quantile": 0.9}},
        ),
    ]


def deterministic_lemmas() -> list[Report]:
    near = r"\|H(W)-H(W(0))\|_F \le 4 n R e^{2B}"
    return [
        lemma(
            "gram-perturbation",
            "perturbation",
            "certified",
            near,
            uses=["exp-first-order"],
            statement={
                "latex": near,
                "sympy": "D <= C*n*R*exp(2*B)",
                "given": ["start: M <= B", "near: S <= R", "radius: R <= 1/2"],
                "fails_with": None,
            },
            proof=[
                step("|exp(a) - exp(b)| <= 2|a - b| exp(b)", "lemma", "exp-first-order"),
                step("entrywise to Frobenius", "rule", "Cauchy-Schwarz"),
            ],
            trusts=["Cauchy-Schwarz"],
            evidence=[evidence("interval", "certified", "the scalar core holds on the whole box")],
            constants=[
                constant(
                    "gram-perturbation.C", "4", {"lower": "3.4365636", "upper": "3.4365637", "exact": "2*(exp(1) - 1)"}
                )
            ],
            margin={"factor": 1.16395, "meaning": "stated over sharp constant", "at": {"R": "1/2"}},
            planted=[
                planted("C = 3.4", "refuted", "equal points, R = 1/2"),
                planted("drop radius to 0.62", "true", "true up to R = 0.628"),
            ],
        ),
        lemma(
            "step-contraction",
            "dynamics",
            "inconclusive",
            r"\|e(t+1)\| \le (1-\eta m\lambda/4)\,\|e(t)\|",
            uses=["gram-perturbation"],
            designated="worstcase",
            proof=[
                step("expand one step", "algebra", None),
                step("drop the third order", "rule", "triangle", "not-run"),
            ],
            evidence=[evidence("worstcase", "inconclusive", "searched 20000 points, closest ratio 0.97")],
        ),
        lemma(
            "weight-movement",
            "dynamics",
            "refuted",
            r"\|w_r(t)-w_r(0)\| \le \frac{1.5\sqrt{n}\,e^{B+R}\|e(0)\|}{m\lambda}",
            uses=["step-contraction"],
            designated="montecarlo",
            proof=[step("sum the geometric series", "algebra", None, "refuted")],
            evidence=[
                evidence(
                    "worstcase",
                    "refuted",
                    "n=1, m=4: moved 2.1e-3, bound 1.6e-3",
                    witness={"seed": "7/weight-movement/0/12", "n": 1, "left": 0.0021, "right": 0.0016},
                )
            ],
            planted=[planted("constant 1", "survived", "the stated constant is refuted already")],
        ),
        lemma(
            "jacobian-lipschitz",
            "perturbation",
            "error",
            r"\|J(W)-J(W')\| \le \Lambda\|W-W'\|_F",
            designated="interval",
            evidence=[evidence("interval", "error", "ZeroDivisionError in the enclosure of ||X||")],
        ),
    ]


def theorem_lemmas() -> list[Report]:
    classical = r"m \ge \max\Big\{\frac{64 n^2 e^{4B}\log(4n^2/\delta)}{\lambda^2}, \frac{4n e^{B+R}}{\lambda}\Big\}"
    return [
        lemma(
            "convergence-classical",
            "theorems",
            "blocked",
            classical,
            designated="symbolic",
            uses=["exp-uniform-bound", "gram-perturbation", "step-contraction", "weight-movement"],
            trusts=["union bound", "Weyl"],
            proof=[
                step("the path stays in the ball", "lemma", "weight-movement", "refuted"),
                step("union bound over delta/2 and delta/2", "rule", "union bound"),
            ],
            evidence=[evidence("symbolic", "proved", "the algebra of the fixed point holds")],
        ),
        lemma(
            "convergence-tight",
            "theorems",
            "proved",
            r"c\,L\,\varphi\big(\sqrt{2q(1-t)\lambda}/L\big) > \|y\|",
            designated="symbolic",
            uses=["gram-lower-tail", "exp-uniform-bound"],
            trusts=["Jensen", "Tropp's master bound", "Weyl"],
            proof=[
                step("the drift stays below the threshold", "rule", "Weyl"),
                step("the Gram matrix is large", "lemma", "gram-lower-tail", "supported"),
            ],
            evidence=[evidence("symbolic", "proved", "three steps by algebra")],
        ),
        lemma(
            "width-exponent",
            "theorems",
            "not-run",
            r"m = \Omega(\lambda^{-2} n^{2+o(1)}\log(n/\delta))",
            uses=["convergence-classical"],
            designated="symbolic",
            limitations="",
        ),
    ]

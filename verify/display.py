"""Displayed LaTeX read as SymPy, where it can be: the second reading of a formula, to be compared with the checked one.

math-core turns the LaTeX into MathML, whose small tree is read here. What is not plain algebra (norms of vectors,
expectations, quantifiers) is Unreadable unless the lemma's letters say which quantity a piece of LaTeX stands for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from xml.etree import ElementTree

import sympy as sp

from verify.relations import Op, Relation

GREEK = dict(zip("αβγδεηθκλμνξρστφψω", (
    "alpha", "beta", "gamma", "delta", "eps", "eta", "theta", "kappa", "lam", "mu", "nu", "xi", "rho", "sigma", "tau",
    "phi", "psi", "omega"), strict=True))  # fmt: skip
OPS: dict[str, Op] = {"≤": "<=", "≥": ">=", "<": "<", ">": ">", "=": "=="}
FUNCTIONS: dict[str, Callable[[sp.Expr], sp.Expr]] = {"log": sp.log, "exp": sp.exp, "erfc": sp.erfc, "erf": sp.erf}
NAMED: dict[str, Callable[[sp.Expr], sp.Expr]] = {"Q": lambda t: sp.erfc(t / sp.sqrt(2)) / 2}  # the Gaussian tail
PLACE = "zz"  # begins the name of a letter put in the place of a piece of LaTeX
CONDITION = re.compile(r"\\qquad|\\quad")  # ends the claim
IMPLIES = re.compile(r"\\implies|\\Rightarrow|\\;\\Rightarrow\\;")  # begins it


class Unreadable(ValueError):
    """LaTeX that is no plain algebra in known letters."""


Names = Mapping[str, sp.Expr]
Token = tuple[str, sp.Expr | str]  # ("value", expression), ("function", name) or ("mark", character)


def read(latex: str, names: Names) -> Relation:
    """The relation that displayed LaTeX states; ``names``: symbol name, or a piece of LaTeX, -> symbol.

    Conditions, before an implication or after the claim, are left out. Raises Unreadable.
    """
    text = IMPLIES.split(CONDITION.split(latex)[0].rstrip(" ,:"))[-1]
    text, known = _with_letters(text, names)
    return _Reader(known).relation(_tree(text))


def read_level(latex: str, names: Names) -> sp.Expr:
    """The right side of "Pr[...] <= level". Raises Unreadable."""
    text = IMPLIES.split(CONDITION.split(latex)[0].rstrip(" ,:"))[-1]
    event, found, level = text.rpartition(r"\le ")
    if not (found and event.strip().startswith(r"\Pr") and event.strip().endswith("]")):
        raise Unreadable("no bound on a probability")
    level, known = _with_letters(level, names)
    return _Reader(known).expression(_tree(level))


def _with_letters(text: str, names: Names) -> tuple[str, dict[str, sp.Expr]]:
    """The LaTeX with a letter in the place of each piece that stands for a quantity, and what all letters mean."""
    pieces = sorted((piece for piece in names if "\\" in piece), key=len, reverse=True)
    known = dict(names)
    for number, piece in enumerate(pieces):
        place = PLACE + "a" * (number + 1)
        known[place] = names[piece]
        text = text.replace(piece, rf"\operatorname{{{place}}}")
    return text, known


def _tree(latex: str) -> ElementTree.Element:
    from math_core import LatexError, LatexToMathML

    try:
        written = LatexToMathML(fancy_error=False).convert_with_local_state(latex, displaystyle=True)
    except LatexError as problem:
        raise Unreadable(f"not LaTeX: {problem}") from None
    try:
        return ElementTree.fromstring(written.replace("&ApplyFunction;", ""))
    except ElementTree.ParseError as problem:
        raise Unreadable(f"MathML with unknown signs: {problem}") from None


def _number(text: str) -> sp.Rational:
    if not re.fullmatch(r"\d+(\.\d+)?", text):
        raise Unreadable(f"cannot read the number {text}")
    return sp.Rational(text)


class _Reader:
    """Precedence climbing over the children of a MathML row; numbers and letters side by side are multiplied."""

    def __init__(self, names: Names) -> None:
        self.names = names

    def relation(self, root: ElementTree.Element) -> Relation:
        tokens = self._tokens(root)
        marks = [k for k, (kind, what) in enumerate(tokens) if kind == "mark" and what in OPS]
        if len(marks) != 1:
            raise Unreadable(f"{len(marks)} relation signs")
        left, right = tokens[: marks[0]], tokens[marks[0] + 1 :]
        return Relation(self._whole(left), OPS[str(tokens[marks[0]][1])], self._whole(right))

    def expression(self, root: ElementTree.Element) -> sp.Expr:
        return self._whole(self._tokens(root))

    def _whole(self, tokens: list[Token]) -> sp.Expr:
        expression, rest = self._sum(tokens)
        if rest:
            raise Unreadable(f"cannot go on at {rest[0][1]}")
        return expression

    # --- from MathML to tokens ----------------------------------------------------------------------------------------

    def _tokens(self, node: ElementTree.Element) -> list[Token]:
        return [token for child in node for token in self._of(child)]

    def _of(self, node: ElementTree.Element) -> list[Token]:
        text = (node.text or "").strip()
        if node.tag in ("mrow", "mstyle", "mpadded"):
            return self._tokens(node)
        if node.tag == "mspace":
            return []
        if node.tag == "mn":
            return [("value", _number(text))]
        if node.tag == "mo":
            return self._mark(text)
        if node.tag == "mi":
            return [self._letter(text)]
        if node.tag in ("msup", "msub", "msubsup"):
            return self._scripted(node)
        if node.tag == "mfrac":
            top, bottom = node
            return [("value", self._inside(top) / self._inside(bottom))]
        if node.tag == "msqrt":
            return [("value", sp.sqrt(self._whole(self._tokens(node))))]
        raise Unreadable(f"cannot read <{node.tag}> {text}".strip())

    def _inside(self, node: ElementTree.Element) -> sp.Expr:
        return self._whole(self._of(node))

    def _mark(self, text: str) -> list[Token]:
        if text in FUNCTIONS or text.startswith(PLACE):
            return [self._letter(text)]
        if text in ("", "\u2061"):  # the invisible sign of function application
            return []
        return [("mark", {"−": "-", "∣": "|", "⋅": "*", "[": "(", "]": ")"}.get(text, text))]

    def _letter(self, text: str) -> Token:
        name = GREEK.get(text, text)
        if text in FUNCTIONS or (name in NAMED and name not in self.names):
            return "function", text
        if name in self.names:
            return "value", self.names[name]
        if name == "e":
            return "value", sp.E
        if name == "π":
            return "value", sp.pi
        raise Unreadable(f"no quantity is called {text}")

    def _scripted(self, node: ElementTree.Element) -> list[Token]:
        base, *scripts = node
        power = self._inside(scripts[-1]) if node.tag != "msub" else sp.S.One
        if node.tag != "msup":
            below = "".join(scripts[0].itertext()).strip()
            name = GREEK.get((base.text or "").strip(), (base.text or "").strip()) + below.replace("∗", "")
            return [("value", self._letter_named(name) ** power)]
        if base.tag == "mo" and (base.text or "").strip() in (")", "]", "|"):
            return [*self._of(base), ("mark", "^"), ("value", power)]
        return [("value", self._inside(base) ** power)]

    def _letter_named(self, name: str) -> sp.Expr:
        if name not in self.names:
            raise Unreadable(f"no quantity is called {name}")
        return self.names[name]

    # --- from tokens to an expression ---------------------------------------------------------------------------------

    def _sum(self, tokens: list[Token]) -> tuple[sp.Expr, list[Token]]:
        total, sign = sp.S.Zero, 1
        if tokens[:1] == [("mark", "-")]:
            sign, tokens = -1, tokens[1:]
        while True:
            term, tokens = self._product(tokens)
            total += sign * term
            if not tokens or tokens[0] not in (("mark", "+"), ("mark", "-")):
                return total, tokens
            sign, tokens = (1 if tokens[0][1] == "+" else -1), tokens[1:]

    def _product(self, tokens: list[Token]) -> tuple[sp.Expr, list[Token]]:
        product, tokens = self._factor(tokens)
        while tokens:
            kind, what = tokens[0]
            if what == "/" and kind == "mark":
                divisor, tokens = self._factor(tokens[1:])
                product /= divisor
            elif what == "*" and kind == "mark":
                factor, tokens = self._factor(tokens[1:])
                product *= factor
            elif kind != "mark" or what == "(" or (what == "|" and self._opens(tokens)):
                factor, tokens = self._factor(tokens)
                product *= factor
            else:
                break
        return product, tokens

    def _opens(self, tokens: list[Token]) -> bool:
        """Whether a bar begins a modulus: the number of bars to come is even."""
        return sum(token == ("mark", "|") for token in tokens) % 2 == 0

    def _factor(self, tokens: list[Token]) -> tuple[sp.Expr, list[Token]]:
        if not tokens:
            raise Unreadable("something is missing")
        (kind, what), rest = tokens[0], tokens[1:]
        if kind == "value":
            return what, rest
        if kind == "function":
            argument, rest = self._factor(rest)
            return {**FUNCTIONS, **NAMED}[str(what)](argument), rest
        if what in ("(", "|"):
            return self._bracketed(str(what), rest)
        raise Unreadable(f"cannot read {what}")

    def _bracketed(self, mark: str, tokens: list[Token]) -> tuple[sp.Expr, list[Token]]:
        inside, rest = self._sum(tokens)
        if rest[:1] != [("mark", ")" if mark == "(" else "|")]:
            raise Unreadable("a bracket is not closed")
        inside, rest = (sp.Abs(inside) if mark == "|" else inside), rest[1:]
        if rest[:1] == [("mark", "^")]:
            return inside ** rest[1][1], rest[2:]
        return inside, rest

"""No rule without a test on numbers and a test with wrong premises: found in the sources of the tests beside this one.

A rule counts as tried on numbers if it is a key of a table TRUE or SIMULATED, or if a test function that computes
(``violation``, ``evaluate`` or ``estimated``) applies it; as misused if it is a key of a table REFUSED, or is applied
where StepFailed or TypeError must be raised.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from verify.proof.rules import RULES

SOURCES = [ast.parse(path.read_text()) for path in sorted(Path(__file__).parent.glob("test_*.py"))]
COMPUTING = {"violation", "evaluate", "estimated"}


def keys_of(*tables: str) -> Iterator[str]:
    """The keys of module-level dictionaries of these names, up to a comma."""
    for source in SOURCES:
        for node in source.body:
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id in tables:
                assert isinstance(node.value, ast.Dict)
                yield from (str(ast.literal_eval(key)).split(",")[0] for key in node.value.keys if key is not None)


def applied(node: ast.AST) -> set[str]:
    """The rules that the code applies, as rules.name, or passes on by that name."""
    found = (sub for sub in ast.walk(node) if isinstance(sub, ast.Attribute) and isinstance(sub.value, ast.Name))
    return {sub.attr.replace("_", "-") for sub in found if isinstance(sub.value, ast.Name) and sub.value.id == "rules"}


def computes(node: ast.AST) -> bool:
    called = {sub.func.id for sub in ast.walk(node) if isinstance(sub, ast.Call) and isinstance(sub.func, ast.Name)}
    return bool(called & COMPUTING)


def functions() -> Iterator[ast.FunctionDef]:
    yield from (node for source in SOURCES for node in source.body if isinstance(node, ast.FunctionDef))


def raising(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """The bodies of ``with pytest.raises(...)``, and the parameters of tests that consist of such."""
    blocks = [node for node in ast.walk(function) if isinstance(node, ast.With) and "raises" in ast.dump(node.items[0])]
    yield from blocks
    if blocks:
        yield from function.decorator_list


NUMERIC = set(keys_of("TRUE", "SIMULATED")) | {r for f in functions() if computes(f) for r in applied(f)}
MISUSED = set(keys_of("REFUSED")) | {r for f in functions() for block in raising(f) for r in applied(block)}


@pytest.mark.parametrize("name", sorted(RULES))
def test_rule_is_tried_on_numbers_and_misused(name: str) -> None:
    assert name in NUMERIC, f"no test evaluates {name}"
    assert name in MISUSED, f"no test gives {name} a wrong premise"


def test_tables_name_rules() -> None:
    assert set(keys_of("TRUE", "SIMULATED", "REFUSED")) <= set(RULES)


@pytest.mark.parametrize("name", sorted(RULES))
def test_rule_says_what_it_rests_on(name: str) -> None:
    rule = RULES[name]
    assert len(rule.statement) > 10
    assert any(character.isdigit() for character in rule.reference)

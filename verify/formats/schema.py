"""Is this a report? The JSON Schema of ``report.json`` and what no schema can say."""

from __future__ import annotations

import functools
import json
import math
from collections import Counter
from collections.abc import Callable, Iterator
from importlib import resources
from typing import Any

import fastjsonschema


class ReportInvalid(ValueError):
    """A report that breaks the format; the message is one line, the path first."""


def load_schema() -> dict[str, Any]:
    """The JSON Schema (draft 7) of ``report.json``, as shipped with the package."""
    text = resources.files(__package__).joinpath("report.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def validate(report: Any, *, stripped: bool = False) -> None:
    """Check a report against the schema, and that its numbers are finite and its ids distinct.

    ``stripped`` accepts a report without ``run`` and ``timings`` (see ``canonical.strip_volatile``).
    Raises ReportInvalid with one line: the path to the culprit, and the reason.
    """
    if stripped and isinstance(report, dict):
        report = {"run": {}, "timings": {}, **report}
    try:
        _validator()(report)
    except fastjsonschema.JsonSchemaValueException as error:
        raise ReportInvalid(_one_line(error.message)) from None
    for path in _not_finite(report, "report"):
        raise ReportInvalid(f"{path} must be finite")
    for path, ids in _id_lists(report):
        for name, count in Counter(ids).items():
            if count > 1:
                raise ReportInvalid(f"{path} has {count} entries with the id {name}")


@functools.cache
def _validator() -> Callable[[Any], Any]:
    validator: Callable[[Any], Any] = fastjsonschema.compile(load_schema(), use_default=False)
    return validator


def _one_line(message: str) -> str:
    # fastjsonschema calls the root "data", which is also the name of a field of ours.
    head, _, rest = message.partition(" ")
    return " ".join(("report" + head.removeprefix("data") + " " + rest).split())


def _not_finite(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, float) and not math.isfinite(value):
        yield path
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _not_finite(item, f"{path}.{key}")
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from _not_finite(item, f"{path}[{index}]")


def _id_lists(report: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
    for name in ("lemmas", "findings", "chains"):
        yield f"report.{name}", [entry["id"] for entry in report[name]]
    for index, chain in enumerate(report["chains"]):
        yield f"report.chains[{index}].widths", [width["case"] for width in chain["widths"]]

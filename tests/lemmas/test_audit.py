"""What-ifs on the classical chain: which step fails, what becomes of the widths, and who is blocked."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import lemmas
from verify.pipeline.audit import audit, text
from verify.pipeline.request import Request
from verify.pipeline.run import silent

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIFY_CACHE", str(tmp_path / "cache"))


def audited(tmp_path: Path, name: str, setting: str) -> tuple[dict[str, Any], int]:
    found, code = audit(name, [setting], Request(out=tmp_path, cache=False), silent)
    classical = [width for width in found["widths"] if width["chain"] == "classical"]
    assert classical
    return {**found, "widths": classical}, code


def test_half_the_constant_of_concentration(tmp_path: Path) -> None:
    found, code = audited(tmp_path, "gram-concentration-frobenius", "C=16")
    assert (found["verdict"], code, found["binding"]) == ("inconclusive", 4, True)
    assert all(0.3 < width["factor"] < 0.36 for width in found["widths"])
    assert [step.split("'")[1] for step in found["failed_steps"]] == ["the deviation is at most lambda/8"]


def test_a_smaller_constant_of_perturbation_that_still_holds(tmp_path: Path) -> None:
    found, code = audited(tmp_path, "gram-perturbation", "C=3.5")
    assert (found["verdict"], code, found["binding"]) == ("proved", 0, False)
    assert all(width["before"] == width["after"] for width in found["widths"])
    assert [width["parameters"]["R"] for width in found["widths"]] == pytest.approx([8 / 7] * len(found["widths"]))
    assert "is not binding" in text(found)


def test_a_constant_of_contraction_moves_the_rate(tmp_path: Path) -> None:
    found, code = audited(tmp_path, "step-contraction", "C=5")
    assert (found["verdict"], code, found["binding"]) == ("proved", 0, False)
    assert [width["parameters"]["rate"] for width in found["widths"]] == pytest.approx([4 / 5] * len(found["widths"]))
    assert "rate x 0.8" in text(found)


def test_a_constant_of_perturbation_below_its_sharp_value(tmp_path: Path) -> None:
    found, code = audited(tmp_path, "gram-perturbation", "C=3")
    assert (found["verdict"], code) == ("refuted", 1)
    [witness] = found["witnesses"]
    assert witness["needed"]["C"] == pytest.approx(3.43656, abs=1e-4)  # 2 (e - 1)
    assert float(witness["instance"]["R"]) == pytest.approx(0.5, abs=1e-6)
    assert "the constant" in found["failed_steps"][0]


@pytest.mark.parametrize(("setting", "verdict", "code"), [("C=1/4", "proved", 0), ("C=51/100", "inconclusive", 4)])
def test_a_weaker_tail_follows_from_the_stated_one(tmp_path: Path, setting: str, verdict: str, code: int) -> None:
    """The proof of n exp(-q t^2/(2 v)) has the 2 in its algebra; with another number its steps fail."""
    found, exit_code = audit("gram-lower-tail", [setting], Request(out=tmp_path, cache=False), silent)
    assert (found["verdict"], exit_code) == (verdict, code)


def test_the_same_edit_in_the_file_blocks_what_rests_on_it(tmp_path: Path) -> None:
    """A copy of the lemmas with C = 3 in the file, run as its owner would."""
    shutil.copytree(Path(lemmas.__file__).parent, tmp_path / "lemmas", ignore=shutil.ignore_patterns("__pycache__"))
    file = tmp_path / "lemmas" / "perturbation" / "gram_perturbation.py"
    source = file.read_text(encoding="utf-8")
    assert source.count('const("C", 4)') == 1
    file.write_text(source.replace('const("C", 4)', 'const("C", 3)'), encoding="utf-8")
    targets = ["gram-perturbation", "gram-relative-perturbation", "convergence-classical", "width-exponent"]
    command = [sys.executable, "-m", "verify", "run", *targets, "--effort", "quick", "--out", str(tmp_path / "out")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    report = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    verdicts = {lemma["id"]: lemma["verdict"] for lemma in report["lemmas"]}
    assert verdicts["gram-perturbation"] == "refuted"
    assert verdicts["gram-relative-perturbation"] == "proved"
    downstream = {lemma["id"] for lemma in report["lemmas"] if "gram-perturbation" in lemma["uses"]}
    assert downstream >= {"convergence-classical"}
    assert {verdicts[name] for name in downstream} == {"blocked"}

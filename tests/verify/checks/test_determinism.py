"""Evidence must be the same in every process, whatever order that process hashes names in."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import json, sys
sys.path.insert(0, sys.argv[1])
import toy_lemmas as toys
from verify import faults
from verify.checks import interval, montecarlo, vacuity, worstcase
for lemma, check in ((toys.first_order, interval), (toys.box_norm, worstcase), (toys.gaussian_max, montecarlo)):
    evidence = check.run(lemma, toys.context(trials=100))
    planted = [(f.name, str(f.lemma.claim)) for f in faults.derive(lemma, [evidence])]
    met = vacuity.run(lemma, toys.context())
    print(json.dumps([evidence.summary, dict(evidence.data), planted, dict(met.data)]))
"""


@pytest.mark.slow
def test_evidence_does_not_depend_on_the_hash_seed():
    folder = str(Path(__file__).parent)
    outputs = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT, folder],
            env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("1", "4711")
    }  # fmt: skip
    assert len(outputs) == 1
    assert outputs.pop().count("\n") == 3

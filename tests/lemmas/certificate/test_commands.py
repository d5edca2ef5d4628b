"""The two commands: exit codes, what goes to stdout and what to stderr, and errors in one line."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from lemmas.certificate import commands
from lemmas.model import Array
from verify.cli import Commands

Problem = Callable[..., tuple[Array, Array]]
Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def known_theorem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "theorem_fingerprint", lambda: "ab12")


@pytest.fixture
def run() -> Run:
    group = Commands(commands=[commands.certify, commands.check])

    def invoke(*args: object) -> Result:
        return CliRunner().invoke(group, [str(a) for a in args])

    return invoke


@pytest.fixture
def files(problem: Problem, tmp_path: Path) -> list[str]:
    """The options that name a data set of 3 points in R^3 and the file to write."""
    X, y = problem(3, 3, 2)
    np.savetxt(tmp_path / "x.csv", 0.9 * X, delimiter=",", fmt="%.17g")
    np.save(tmp_path / "y.npy", y)
    return ["--data", f"{tmp_path}/x.csv", "--labels", f"{tmp_path}/y.npy", "--out", f"{tmp_path}/c.json"]


NETWORK = ("--width", 8, "--seed", 5)
OTHERWISE = ("--init", "independent", "--iterate", 12000, "--eta", "1/700")


def options_of(out: Result) -> Sequence[str]:
    return out.stdout.splitlines()


def test_certify_then_check(run: Run, files: list[str], tmp_path: Path) -> None:
    made = run("certify", *files, *NETWORK)
    assert made.exit_code == 0, made.output
    assert made.stdout.startswith("certified at iterate ")
    assert options_of(made)[-1] == f"written to {tmp_path / 'c.json'}"
    checked = run("check", tmp_path / "c.json")
    assert checked.exit_code == 0, checked.output
    assert checked.stdout.startswith("valid (3 points in R^3, 8 neurons, iterate ")
    assert not checked.stderr


def test_json_on_both_sides_agrees(run: Run, files: list[str], tmp_path: Path) -> None:
    made = json.loads(run("certify", *files, *NETWORK, "--json").stdout)
    checked = json.loads(run("check", tmp_path / "c.json", "--json").stdout)
    assert made["obtained"] is True
    assert checked["valid"] is True
    for name in ("iterate", "eta", "radius", "rate", "claim"):
        assert made[name] == checked[name]
    assert checked["fingerprint"] == "ab12"


def test_the_options_reach_the_prover(run: Run, files: list[str], tmp_path: Path) -> None:
    made = run("certify", *files, "--width", 32, "--seed", 1, *OTHERWISE, "--json")
    assert made.exit_code == 0, made.output
    content = json.loads((tmp_path / "c.json").read_text())
    assert content["origin"] == {"init": "independent", "seed": 1, "iterate": 12000}
    assert content["eta"] == "1/700"
    assert len(content["weights"]) == 32


def test_no_certificate_is_exit_code_4_with_the_reason(run: Run, files: list[str], tmp_path: Path) -> None:
    result = run("certify", *files, *NETWORK, "--eta", "100")
    assert result.exit_code == 4
    assert result.stdout.startswith("no certificate: training overflowed")
    assert not (tmp_path / "c.json").exists()
    as_json = run("certify", *files, *NETWORK, "--eta", "100", "--json")
    assert as_json.exit_code == 4
    assert json.loads(as_json.stdout)["obtained"] is False


def test_progress_goes_to_stderr(run: Run, files: list[str]) -> None:
    result = run("certify", *files, "--width", 4, "--seed", 0, "--max-steps", 9)
    lines = result.stderr.splitlines()
    assert [line.split(" the ")[0] for line in lines[:4]] == [f"at iterate {t}" for t in (0, 1, 3, 7)]


def test_a_tampered_file_is_exit_code_1(run: Run, files: list[str], tmp_path: Path) -> None:
    run("certify", *files, *NETWORK)
    path = tmp_path / "c.json"
    path.write_bytes(path.read_bytes().replace(b'"seed": 5', b'"seed": 6'))
    result = run("check", path)
    assert (result.exit_code, result.stdout) == (1, "rejected: the digest does not match: a byte was altered\n")
    as_json = run("check", path, "--json")
    assert (as_json.exit_code, json.loads(as_json.stdout)["valid"]) == (1, False)


def test_another_statement_of_the_theorem_is_rejected(
    run: Run, files: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("certify", *files, *NETWORK)
    monkeypatch.setattr(commands, "theorem_fingerprint", lambda: "cd34")
    result = run("check", tmp_path / "c.json")
    assert result.exit_code == 1
    assert "another statement" in result.stdout


def test_norms_above_one_by_rounding_are_scaled_aloud(run: Run, problem: Problem, tmp_path: Path) -> None:
    X, y = problem(10, 5, 0)
    np.save(tmp_path / "x.npy", X)
    np.save(tmp_path / "y.npy", y)
    files = ["--data", tmp_path / "x.npy", "--labels", tmp_path / "y.npy", "--out", tmp_path / "c.json"]
    result = run("certify", *files, "--width", 64, "--seed", 0)
    assert result.exit_code == 0
    assert "the certificate is for the data times 1 - " in result.stderr


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        (("--width", 7, "--seed", 0), "even width"),
        ((*NETWORK, "--eta", "0"), "--eta 0: the step must be positive"),
        ((*NETWORK, "--eta", "-1"), "--eta -1: not a positive"),
        ((*NETWORK, "--eta", "1/0"), "denominator is zero"),
        ((*NETWORK, "--eta", "nan"), "--eta nan: not a positive"),
        ((*NETWORK, "--eta", "1e999999999"), "not a positive"),
        ((*NETWORK, "--out", "/nowhere/at/all.json"), "/nowhere/at: no such folder"),
        ((*NETWORK, "--labels", "/nowhere.csv"), "/nowhere.csv"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    run: Run, files: list[str], extra: Sequence[object], message: str
) -> None:
    result = run("certify", *files, *extra)
    assert result.exit_code == 2
    assert not result.stdout
    errors = [line for line in result.stderr.splitlines() if not line.startswith("at iterate")]
    assert len(errors) == 1
    assert errors[0].startswith("error: ")
    assert message in errors[0]


def test_labels_of_another_length(run: Run, files: list[str], tmp_path: Path) -> None:
    np.save(tmp_path / "y.npy", np.zeros(4))
    result = run("certify", *files, *NETWORK)
    assert result.exit_code == 2
    assert "4 labels for 3 points" in result.stderr


def test_check_of_a_missing_file(run: Run, tmp_path: Path) -> None:
    result = run("check", tmp_path / "none.json")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == f"error: {tmp_path / 'none.json'}: No such file or directory\n"


@pytest.mark.parametrize("command", ["certify", "check"])
def test_help_names_the_exit_codes(run: Run, command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert "Exit codes" in result.stdout

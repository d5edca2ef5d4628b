"""The written file: canonical, exact, and never half there."""

import hashlib
import json
from pathlib import Path

import pytest

from lemmas.certificate.format import Certificate


def test_bytes_are_canonical_and_digested(certificate: Certificate) -> None:
    raw = certificate.to_bytes()
    content = json.loads(raw)
    digest = content.pop("digest")
    unsigned = json.dumps(content, sort_keys=True, ensure_ascii=False, indent=1) + "\n"
    assert digest == hashlib.sha256(unsigned.encode()).hexdigest()
    assert certificate.to_bytes() == raw


def test_numbers_are_written_exactly(certificate: Certificate) -> None:
    content = json.loads(certificate.to_bytes())
    assert [[float.fromhex(v) for v in row] for row in content["weights"]] == certificate.weights.tolist()
    assert [float.fromhex(v) for v in content["labels"]] == certificate.y.tolist()
    assert content["bounds"] == {name: str(value) for name, value in certificate.bounds.items()}


def test_write_replaces_the_whole_file_and_leaves_nothing_else(certificate: Certificate, tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    path.write_text("old")
    certificate.write(path)
    assert path.read_bytes() == certificate.to_bytes()
    assert [p.name for p in tmp_path.iterdir()] == ["c.json"]


def test_write_into_a_missing_folder_fails(certificate: Certificate, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        certificate.write(tmp_path / "no" / "c.json")

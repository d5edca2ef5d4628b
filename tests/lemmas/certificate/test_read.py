"""The file: every byte counts, and what has the right digest must still have the right form."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from lemmas.certificate.check import Rejected, Valid, check_bytes
from lemmas.certificate.format import CLAIM, FORMAT, THEOREM, Certificate
from lemmas.certificate.read import CLAIM as READ_CLAIM
from lemmas.certificate.read import FORMAT as READ_FORMAT
from lemmas.certificate.read import THEOREM as READ_THEOREM
from lemmas.certificate.read import Refused, read

Content = dict[str, Any]
Seal = Callable[[Content], bytes]


def reason(raw: bytes) -> str:
    found = check_bytes(raw)
    assert isinstance(found, Rejected), found
    assert "\n" not in found.reason
    return found.reason


def test_reads_back_the_exact_numbers(certificate: Certificate) -> None:
    stated = read(certificate.to_bytes())
    assert stated.X == certificate.X.tolist()
    assert stated.y == certificate.y.tolist()
    assert stated.W == certificate.weights.tolist()
    assert stated.signs == certificate.signs.tolist()
    assert (stated.eta, stated.level, stated.radius) == (certificate.eta, certificate.level, certificate.radius)
    assert stated.bounds == certificate.bounds
    assert (stated.iterate, stated.fingerprint) == (certificate.origin.iterate, "ab12")


def test_writer_and_reader_agree_on_what_is_claimed() -> None:
    assert (FORMAT, THEOREM, CLAIM) == (READ_FORMAT, READ_THEOREM, READ_CLAIM)


def test_untouched_and_resealed_are_valid(certificate: Certificate, content: Content, seal: Seal) -> None:
    assert isinstance(check_bytes(certificate.to_bytes()), Valid)
    assert seal(content) == certificate.to_bytes()


@pytest.mark.parametrize(
    "alter", [lambda b: b ^ 1, lambda b: b ^ 32, lambda b: b ^ 128, lambda b: 32 if b != 32 else 9]
)
def test_every_altered_byte_is_refused(certificate: Certificate, alter: Callable[[int], int]) -> None:
    raw = certificate.to_bytes()
    for k, byte in enumerate(raw):
        altered = raw[:k] + bytes([alter(byte)]) + raw[k + 1 :]
        assert altered != raw
        with pytest.raises(Refused):
            read(altered)


def test_every_removed_or_doubled_byte_is_refused(certificate: Certificate) -> None:
    raw = certificate.to_bytes()
    for k in range(len(raw)):
        for altered in (raw[:k] + raw[k + 1 :], raw[:k] + b" " + raw[k:], raw[:k]):
            with pytest.raises(Refused):
                read(altered)


def test_other_spellings_of_the_same_content_are_refused(certificate: Certificate, content: Content) -> None:
    raw = certificate.to_bytes()
    spellings = [
        json.dumps(content).encode(),
        json.dumps(content, sort_keys=True, indent=2).encode(),
        raw + b"\n",
        b"\xef\xbb\xbf" + raw,
        raw.replace(b"\n", b"\r\n"),
        raw.decode().encode("utf-16"),
        raw.replace(b'"coupled"', b'"\\u0063oupled"'),
        raw.replace(b'"eta"', b'"eta": "1/2",\n "eta"'),
    ]
    for spelling in spellings:
        with pytest.raises(Refused):
            read(spelling)


@pytest.mark.parametrize(
    "raw", [b"", b"null", b"[]\n", b"\xff", b"[" * 100_000, b"9" * 5000, b'{\n "a": NaN\n}\n', b"{}\n"]
)
def test_what_is_no_certificate_is_refused(raw: bytes) -> None:
    assert reason(raw)


# --- with the digest recomputed --------------------------------------------------------------------------------------


def paths(value: Any, prefix: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every value inside a JSON value."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [prefix, *(p for key, part in inside for p in paths(part, (*prefix, key)))]


def replaced(content: Content, path: tuple[Any, ...], value: Any) -> Content:
    copy: Content = json.loads(json.dumps(content))
    holder: Any = copy
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    return copy


LEGAL: list[tuple[Any, Any]] = [
    (("origin", "seed"), None),
    (("origin", "seed"), 10**30),
    (("origin", "iterate"), 10**30),
    (("theorem", "fingerprint"), ""),
    (("theorem", "fingerprint"), "1e5"),
]


@pytest.mark.parametrize("junk", [None, True, 0.5, 10**30, "", "x", "nan", "1e5", [], [[]], {}, {"id": "x"}])
def test_a_value_of_another_kind_anywhere_is_refused(content: Content, seal: Seal, junk: Any) -> None:
    tried = 0
    for path in paths(content)[1:]:
        if path == ("digest",) or (path, junk) in LEGAL:
            continue
        assert isinstance(check_bytes(seal(replaced(content, path, junk))), Rejected), path
        tried += 1
    assert tried > 40


def test_missing_and_unknown_fields_are_named(content: Content, seal: Seal) -> None:
    for path in paths(content)[1:]:
        if isinstance(path[-1], str) and path != ("digest",):
            copy = replaced(content, path, None)
            holder: Any = copy
            for key in path[:-1]:
                holder = holder[key]
            del holder[path[-1]]
            assert f"lacks '{path[-1]}'" in reason(seal(copy))
    for place in ((), ("theorem",), ("origin",), ("bounds",)):
        assert "unknown field 'extra'" in reason(seal(replaced(content, (*place, "extra"), 1)))


@pytest.mark.parametrize(
    ("path", "value", "why"),
    [
        (("format",), "exponential-regression-certificate/2", "format"),
        (("claim",), "It converges.", "claim"),
        (("theorem", "id"), "kantorovich-descent", "does not rest on"),
        (("theorem", "fingerprint"), "AB12", "not a hash"),
        (("theorem", "fingerprint"), "a" * 65, "not a hash"),
        (("origin", "init"), "lucky", "init"),
        (("origin", "iterate"), -1, "iterate"),
        (("origin", "iterate"), True, "iterate"),
        (("origin", "seed"), "1", "seed"),
        (("eta",), "-1/64", "fraction"),
        (("eta",), "1/0", "denominator is zero"),
        (("eta",), "0.25", "fraction"),
        (("eta",), "1/64\n", "fraction"),
        (("eta",), "١", "fraction"),
        (("radius",), "1e-3", "decimal"),
        (("radius",), "Infinity", "decimal"),
        (("radius",), "1" * 21, "decimal"),
        (("radius",), "1E+9999", "decimal"),
        (("bounds", "nu"), 1, "decimal"),
        (("data", 0, 0), "inf", "finite double"),
        (("data", 0, 0), "0x1.00000000000008p+0", "exactly"),
        (("data", 0, 0), "0x1p+0", "exactly"),
        (("data", 0, 0), "0x1.0p+99999", "hexadecimal"),
        (("data", 0, 0), 0.5, "hexadecimal"),
        (("labels",), ["0x0.0p+0"], "one label for each point"),
        (("signs",), [1, -1], "one sign for each neuron"),
        (("signs", 0), 0, "sign"),
        (("signs", 0), True, "sign"),
        (("weights",), [["0x0.0p+0"]] * 4, "dimension"),
        (("weights", 1), ["0x0.0p+0"], "matrix"),
        (("weights",), [], "rows"),
        (("data",), [[], []], "matrix"),
    ],
)
def test_the_reason_names_what_is_wrong(content: Content, seal: Seal, path: Any, value: Any, why: str) -> None:
    assert why in reason(seal(replaced(content, path, value)))


def test_a_wrong_digest_is_refused(content: Content, certificate: Certificate) -> None:
    raw = certificate.to_bytes().replace(content["digest"].encode(), b"0" * 64)
    assert "digest" in reason(raw)

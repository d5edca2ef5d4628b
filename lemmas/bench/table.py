"""The measurements of `lemmas.bench.measure` for reading: tables of ratios, and what larger tasks would cost."""

from collections.abc import Iterator, Sequence
from typing import Any

Json = dict[str, Any]

TRIALS, POINTS = 10**9, 10_000  # the tasks whose cost is worked out


def markdown(found: Json) -> str:
    """All measurements as a page of Markdown that reads as well in a terminal."""
    parts = [_head(found), _kernels(found), _aims(found), _growth(found), _balls(found), _peers(found), _reach(found)]
    return "\n\n".join(parts) + "\n"


def _head(found: Json) -> str:
    machine = found["machine"]
    size = "Small sizes: the ratios below are not those of a full run." if found["quick"] else "Full sizes."
    return (
        "# Measured speed\n\n"
        "Made by `python -m verify bench`; ratios carry over between machines, milliseconds do not. "
        f"{machine['cpus']} cores, NumPy {machine['numpy']}, exp by {machine['exponential']}. {size}"
    )


def _table(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in (header, ["-" * width for width in widths], *rows)
    ]
    return f"## {title}\n\n" + "\n".join(lines)


def _kernels(found: Json) -> str:
    rows = [
        [name, _shape(job), f"{job['kernel_ms']:.1f}", f"{job['limit_ms']:.1f}", f"{job['plain_ms']:.1f}",
         ", ".join(f"{part} {ms:.1f}" for part, ms in job["parts_ms"].items())]
        for name, job in (("trial", found["gram"]), ("descent", found["descent"]))
    ]  # fmt: skip
    return _table(
        "Kernels, milliseconds", ["job", "shape", "kernel", "limit", "plain NumPy", "parts of the limit"], rows
    )


def _shape(at: Json) -> str:
    steps = f", {at['steps']} steps" if "steps" in at else ""
    return f"n={at['n']}, d={at['d']}, m={at['m']}{steps}"


def aims(found: Json) -> list[tuple[str, float | None, float, bool]]:
    """(what, measured or None where nothing was, aim, whether the aim is a ceiling)."""
    gram, descent, workers = found["gram"], found["descent"], found["workers"]
    seconds = {(row["n"], row["d"]): row["seconds"] for row in found["eigenvalues"]}
    return [
        ("trial, share of the limit", gram["of_limit"], 0.8, False),
        ("trial over plain NumPy", gram["over_plain"], 1.9, False),
        ("the limit over plain NumPy, for comparison", gram["plain_ms"] / gram["limit_ms"], 1.9, False),
        ("descent, share of the limit", descent["of_limit"], 0.7, False),
        ("trials on two workers over one", workers["gram"], 1.8, False),
        ("descents on two workers over one", workers["descent"], 1.8, False),
        ("matrix products on two workers over one, for comparison", workers["matmul"], 1.8, False),
        ("trial over neural-tangents", over_peer(found, "neural-tangents"), 20, False),
        (f"memory of a trial above idle, MB ({_shape(found['memory'])})", found["memory"]["peak_mb"], 200, True),
        ("lambda_min enclosed, n=1000, d=20, seconds", seconds.get((1000, 20)), 3, True),
        ("lambda_min enclosed, n=200, d=3 (about 1e-16), seconds", seconds.get((200, 3)), 1, True),
    ]


def over_peer(found: Json, name: str) -> float | None:
    """How many times as fast as a peer a trial is; None if the peer was not measured."""
    ms: dict[str, float] = found["peers"]["ms"]
    return ms[name] / ms["kernel"] if name in ms else None


def _aims(found: Json) -> str:
    rows = []
    for what, value, aim, ceiling in aims(found):
        met = "not measured" if value is None else "yes" if (value <= aim if ceiling else value >= aim) else "no"
        rows.append(
            [what, "" if value is None else f"{value:.2f}", f"{'at most' if ceiling else 'at least'} {aim}", met]
        )
    return _table("Ratios and aims", ["what", "measured", "aim", "met"], rows)


def _growth(found: Json) -> str:
    rows = [[str(r["n"]), str(r["m"]), f"{r['ms']:.1f}", f"{r['ns_per_feature']:.2f}"] for r in found["cost"]]
    return _table("A trial against n and m", ["n", "m", "ms", "ns for each of n m features"], rows)


def _balls(found: Json) -> str:
    boxes = found["boxes"]
    rows = [[f"n={r['n']}, d={r['d']}", f"{r['lambda']:.3g}", f"{r['build_seconds']:.2f}", f"{r['seconds']:.2f}"]
            for r in found["eigenvalues"]]  # fmt: skip
    spent = f"{boxes['boxes']} boxes, {boxes['seconds']:.1f} s, {boxes['status']}"
    header = ["matrix", "lambda_min(K)", "building K, s", "building and enclosing, s"]
    return (
        _table("Ball arithmetic", header, rows)
        + f"\n\nScalar certificate: {boxes['per_second']:.0f} boxes a second ({spent})."
    )


def _peers(found: Json) -> str:
    at = found["peers"]
    rows = [[name, f"{ms:.1f}", f"{ms / at['ms']['kernel']:.2f}"] for name, ms in at["ms"].items()]
    where = "all on one processor" if at["pinned"] else "peers with as many threads as they like"
    title = f"The same trial, H only, elsewhere ({_shape(at)}; {where})"
    return _table(title, ["by", "ms", "over this kernel"], rows) + "\n\n`make bench-peers` measures the others too."


# --- reach ------------------------------------------------------------------------------------------------------------


def extrapolated(sizes: Sequence[float], costs: Sequence[float], size: float, power: int) -> float:
    """The cost at a larger size, as a size^(power-1) + b size^power through the two largest measured sizes.

    One trial is features (n) and a product of them (n^2), an enclosure is entries (n^2) and a factorisation (n^3).
    Where noise would make a term negative, the other alone goes through the largest size.
    """
    (s0, c0), (s1, c1) = sorted(zip(sizes, costs, strict=True))[-2:]
    low, high = c0 / s0 ** (power - 1), c1 / s1 ** (power - 1)  # a + b s0, a + b s1
    b = min(max((high - low) / (s1 - s0), 0.0), high / s1)
    return size ** (power - 1) * (high + b * (size - s1))


def reach(found: Json) -> Iterator[tuple[str, str]]:
    """(task, what it would cost), from the growth that was measured."""
    gram = found["gram"]
    days = gram["kernel_ms"] / 1000 * TRIALS / 86400
    on_two = days / found["workers"]["gram"]
    slowest = max(gram["parts_ms"], key=lambda part: float(gram["parts_ms"][part]))
    yield (f"{TRIALS:.0e} trials ({_shape(gram)})",
           f"{days:.0f} days of one core, {on_two:.0f} of two; bound by '{slowest}'")  # fmt: skip
    width = max(row["m"] for row in found["cost"])
    seconds = _at_points([{**row, "seconds": row["ms"] / 1000} for row in found["cost"] if row["m"] == width], 2)
    yield f"one trial at n={POINTS}, m={width}", f"{seconds:.1f} s; H alone holds {8 * POINTS**2 / 1e9:.1f} GB"
    hours = _at_points([row for row in found["eigenvalues"] if row["d"] == 20], 3) / 3600
    yield f"lambda_min enclosed at n={POINTS}", f"{hours:.1f} hours; {_ball_memory(found)}"


def _at_points(rows: Sequence[Json], power: int) -> float:
    return extrapolated([row["n"] for row in rows], [row["seconds"] for row in rows], POINTS, power)


def _ball_memory(found: Json) -> str:
    at = found["enclosure_memory"]
    if at["peak_mb"] is None:
        return "memory unknown"
    return f"{at['peak_mb'] / 1000 * (POINTS / at['n']) ** 2:.0f} GB of balls ({at['peak_mb']:.0f} MB at n={at['n']})"


def _reach(found: Json) -> str:
    return _table("Reach", ["task", "cost, extrapolated from the growth measured"], [list(row) for row in reach(found)])

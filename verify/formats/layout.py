"""Where the nodes of a directed graph go: columns by dependency, rows so that edges are short and few cross."""

from __future__ import annotations

import graphlib
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Point = tuple[float, float]
Edge = tuple[str, str]

# A node is a name; an edge passes a column at (used, user, column), as if a small invisible node stood there.
Place = str | tuple[str, str, int]

SWEEPS = 24


@dataclass(frozen=True)
class Placed:
    """Grid points (column, row) of the nodes, the points each edge runs through, and the size of the grid."""

    points: dict[str, Point]
    paths: dict[Edge, list[Point]]
    columns: int
    rows: float


def layered(names: Sequence[str], edges: Sequence[Edge]) -> Placed:
    """A layered drawing (Sugiyama, Tagawa, Toda 1981) from left to right; every edge leads to the right.

    Layers by the longest path to an end, order by barycentres, rows by least squares with the order kept.
    Nodes without an edge fill a block at the bottom. Of a circle one edge is drawn backwards.
    """
    forward = _without_circles(edges)
    column = _columns(forward)
    chains = {edge: _chain(edge, column) for edge in forward}
    layers = _ordered(_layers([n for n in names if n in column], chains, column), chains.values())
    row = _rows(layers, chains.values())
    columns = len(layers) or 1
    lonely = [name for name in names if name not in column]
    below = max(row.values(), default=-1.0) + 1
    points = {name: (float(column[name]), row[name]) for name in names if name in column}
    points |= {name: (float(k % columns), below + k // columns) for k, name in enumerate(lonely)}
    paths = {edge: [(float(_column(p, column)), row[p]) for p in chains.get(edge, edge)] for edge in edges}
    return Placed(points, paths, columns, below + -(-len(lonely) // columns))


def _without_circles(edges: Sequence[Edge]) -> list[Edge]:
    kept = list(edges)
    while True:
        try:
            list(_sorter(kept).static_order())
        except graphlib.CycleError as error:
            used, user = error.args[1][:2]
            kept.remove((used, user))
        else:
            return kept


def _sorter(edges: Iterable[Edge]) -> graphlib.TopologicalSorter[str]:
    sorter: graphlib.TopologicalSorter[str] = graphlib.TopologicalSorter()
    for used, user in edges:
        sorter.add(user, used)
    return sorter


def _columns(edges: Sequence[Edge]) -> dict[str, int]:
    """The column of every node with an edge: as far right as its users allow."""
    height: dict[str, int] = {}
    for name in reversed(list(_sorter(edges).static_order())):
        height[name] = max((height[user] + 1 for used, user in edges if used == name), default=0)
    last = max(height.values(), default=0)
    return {name: last - up for name, up in height.items()}


def _chain(edge: Edge, column: dict[str, int]) -> list[Place]:
    used, user = edge
    return [used, *((used, user, k) for k in range(column[used] + 1, column[user])), user]


def _column(place: Place, column: dict[str, int]) -> int:
    return column[place] if isinstance(place, str) else place[2]


def _layers(names: Sequence[str], chains: dict[Edge, list[Place]], column: dict[str, int]) -> list[list[Place]]:
    layers: list[list[Place]] = [[] for _ in range(max(column.values(), default=-1) + 1)]
    for place in dict.fromkeys([*names, *itertools.chain.from_iterable(chains.values())]):
        layers[_column(place, column)].append(place)
    return layers


def _ordered(layers: list[list[Place]], chains: Iterable[list[Place]]) -> list[list[Place]]:
    """Sort each layer by the mean rank of its neighbours, alternately to the left and to the right."""
    left, right = _neighbours(chains)
    for sweep in range(SWEEPS):
        rank = {place: k - len(layer) / 2 for layer in layers for k, place in enumerate(layer)}
        near, walk = (left, layers) if sweep % 2 == 0 else (right, layers[::-1])
        for layer in walk:
            wish = {place: _mean([rank[n] for n in near.get(place, ())], rank[place]) for place in layer}
            layer.sort(key=wish.__getitem__)
            rank |= {place: k - len(layer) / 2 for k, place in enumerate(layer)}
    return layers


def _neighbours(chains: Iterable[list[Place]]) -> tuple[dict[Place, list[Place]], dict[Place, list[Place]]]:
    left: dict[Place, list[Place]] = {}
    right: dict[Place, list[Place]] = {}
    for chain in chains:
        for before, after in itertools.pairwise(chain):
            left.setdefault(after, []).append(before)
            right.setdefault(before, []).append(after)
    return left, right


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _rows(layers: list[list[Place]], chains: Iterable[list[Place]]) -> dict[Place, float]:
    left, right = _neighbours(chains)
    row = {place: float(k) for layer in layers for k, place in enumerate(layer)}
    for sweep in range(SWEEPS):
        for layer in layers if sweep % 2 == 0 else layers[::-1]:
            wish = [_mean([row[n] for n in (*left.get(p, ()), *right.get(p, ()))], row[p]) for p in layer]
            row |= dict(zip(layer, _spread(layer, wish), strict=True))
    top = min(row.values(), default=0.0)
    return {place: value - top for place, value in row.items()}


def _spread(layer: Sequence[Place], wish: Sequence[float]) -> list[float]:
    """The rows nearest to the wishes (least squares) that keep the order and the distances.

    Isotonic regression by pooling adjacent violators, on the wishes less the room needed above each.
    """
    room = [0.0, *itertools.accumulate(_distance(a, b) for a, b in itertools.pairwise(layer))]
    pools: list[tuple[float, int]] = []
    for value in (w - r for w, r in zip(wish, room, strict=False)):
        total, count = value, 1
        while pools and pools[-1][0] / pools[-1][1] >= total / count:
            above, members = pools.pop()
            total, count = total + above, count + members
        pools.append((total, count))
    level = [total / count for total, count in pools for _ in range(count)]
    return [value + r for value, r in zip(level, room, strict=False)]


def _distance(one: Place, other: Place) -> float:
    """In rows: a box needs a whole one, the line of a passing edge less."""
    boxes = isinstance(one, str) + isinstance(other, str)
    return (0.3, 0.6, 1.0)[boxes]

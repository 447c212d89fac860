"""Trees of vessels grown into a region from a root."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sample_data.shapes import Solid, Triple, tubes


@dataclass(frozen=True, slots=True)
class Growth:
    """How a tree grows; lengths in mm.

    Attributes
    ----------
    root : where the trunk starts, patient LPS
    low, high : corners of the box that is searched for places to reach
    count : number of places to reach
    trunk, twig : radius at the root and at the tips
    seed : makes the tree what it is
    """

    root: Triple
    low: Triple
    high: Triple
    count: int
    trunk: float
    twig: float
    seed: int


def tree(region: Solid, growth: Growth, margin: float = 4.0) -> Solid:
    """Return the vessels of a tree that fills ``region`` up to ``margin`` mm below its surface."""
    places = _places(region, growth, margin)
    parents = _parents(places)
    return tubes(_segments(places, parents, growth))


def grove(region: Solid, growths: Sequence[Growth], margin: float = 4.0) -> Solid:
    """Return several trees in one region as one solid."""
    grown = [tree(region, growth, margin) for growth in growths]
    whole = grown[0]
    for other in grown[1:]:
        whole = whole.joined(other, 1.0)
    return whole


def _places(region: Solid, growth: Growth, margin: float) -> NDArray[np.float64]:
    """Root and places inside the region (K, 3), nearest to the root first, mm."""
    generator = np.random.default_rng(growth.seed)
    tried = generator.uniform(growth.low, growth.high, (40 * growth.count, 3))
    inside = tried[region.distance(tried) < -margin][: growth.count]
    root = np.array(growth.root)
    order = np.argsort(np.linalg.norm(inside - root, axis=1), kind="stable")
    return np.concatenate([root[None], inside[order]])


def _parents(places: NDArray[np.float64]) -> NDArray[np.intp]:
    """Index (K,) of the place each place hangs on: near, and not far from the root by way of the tree."""
    parents = np.zeros(len(places), dtype=np.intp)
    travelled = np.zeros(len(places))
    for index in range(1, len(places)):
        lengths = np.linalg.norm(places[:index] - places[index], axis=1)
        parents[index] = np.argmin(lengths + 0.45 * travelled[:index])
        travelled[index] = travelled[parents[index]] + lengths[parents[index]]
    return parents


def _segments(places: NDArray[np.float64], parents: NDArray[np.intp], growth: Growth) -> NDArray[np.float64]:
    """Segments (K - 1, 8) whose radii follow the number of tips they feed (Murray's law)."""
    fed = np.ones(len(places))
    for index in range(len(places) - 1, 0, -1):
        fed[parents[index]] += fed[index]
    radii = growth.twig + (growth.trunk - growth.twig) * ((fed - 1) / max(fed[0] - 1, 1.0)) ** (1 / 2.6)
    starts = np.concatenate([places[parents[1:]], radii[1:, None]], axis=1)
    ends = np.concatenate([places[1:], (0.9 * radii[1:])[:, None]], axis=1)
    return np.concatenate([starts, ends], axis=1)

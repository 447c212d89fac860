"""Smoothing that keeps volume: Taubin's two steps, one that shrinks and one that grows (Taubin 1995)."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

#: The step that shrinks.
_SHRINK: Final = 0.63

#: The most rounds: each costs two sums over all neighbours, and details of six edges' width need no more.
_ROUNDS: Final = 80

#: Mean length of the edges on a flat surface: two sides of a voxel and a diagonal.
_EDGE_OF_VOXEL: Final = (2 + math.sqrt(2)) / 3

#: Sums of so many random numbers that differ less are the same sum.
_ALIKE: Final = 1e-9

#: Lengths of edges looked at.
_SAMPLE: Final = 30_000


def smoothed(
    vertices: NDArray[np.float32], faces: NDArray[np.int32], strength_mm: float
) -> tuple[NDArray[np.float32], float]:
    """Corners moved so that waves as long as a strength are halved, shorter ones go, and long ones stay.

    On a flat surface made from voxels of size h, a wave of length w has the eigenvalue k = ⅔ (1 − cos(2π h / w)) of the
    uniform Laplacian. Rounds of (1 − λk)(1 + μk), with μ so that a third of k(w) is left as it is, halve k(w).

    Parameters
    ----------
    vertices : (V, 3) ndarray of float32
        mm.
    faces : (F, 3) ndarray of int32
    strength_mm : float
        Above 0.

    Returns
    -------
    vertices : (V, 3) ndarray of float32
        Corners on an open border stay where they are.
    strength_mm : float
        What was reached; rounds are limited.
    """
    voxel_mm = _edge_mm(vertices, faces) / _EDGE_OF_VOXEL
    reached_mm = min(strength_mm, _longest_mm(voxel_mm))
    wave = 2 / 3 * (1 - math.cos(min(2 * math.pi * voxel_mm / reached_mm, math.pi)))
    grow = 1 / (1 / _SHRINK - wave / 3)
    left = abs((1 - _SHRINK * wave) * (1 + grow * wave))
    rounds = math.ceil(math.log(0.5) / math.log(left)) if left > 0.5 else 1
    around = _neighbours(faces, len(vertices))
    middle = vertices.mean(axis=0, dtype=np.float64).astype(np.float32)
    places = vertices - middle
    for step in (_SHRINK, -grow) * min(rounds, _ROUNDS):
        places += np.float32(step) * (around @ places - places)
    return places + middle, reached_mm


def _longest_mm(voxel_mm: float) -> float:
    """The longest waves that the most rounds can halve: where ln 2 = rounds · ⅔ λ² k², nearly."""
    wave = math.sqrt(1.5 * math.log(2) / _ROUNDS) / _SHRINK
    return 2 * math.pi * voxel_mm / math.sqrt(3 * wave)


def _edge_mm(vertices: NDArray[np.float32], faces: NDArray[np.int32]) -> float:
    """The mean length of edges, mm, by a sample."""
    some = faces[:: max(1, len(faces) // _SAMPLE)]
    return float(np.linalg.norm(vertices[some[:, 0]] - vertices[some[:, 1]], axis=1).mean())


def _neighbours(faces: NDArray[np.int32], vertices: int) -> csr_array:
    """(V, V) the mean over each corner's neighbours; a corner on an open border is its own only one."""
    here, there = faces.reshape(-1), faces[:, (1, 2, 0)].reshape(-1)
    stays = _on_border(here, there, vertices)
    moves = ~stays[here]
    here, there = here[moves], there[moves]
    weights = (1 / np.maximum(np.bincount(here, minlength=vertices), 1)).astype(np.float32)
    at_home = np.flatnonzero(stays).astype(np.int32)
    values = np.concatenate((weights[here], np.ones(len(at_home), np.float32)))
    places = np.concatenate((here, at_home)), np.concatenate((there, at_home))
    return csr_array((values, places), shape=(vertices, vertices))


def _on_border(here: NDArray[np.int32], there: NDArray[np.int32], vertices: int) -> NDArray[np.bool_]:
    """(V,) whether some edge of a corner is run along in one direction only: what leaves it is not what comes to it."""
    marks = np.random.default_rng(0).random(vertices)
    leaves, comes = (np.bincount(one, marks[other], vertices) for one, other in ((here, there), (there, here)))
    border: NDArray[np.bool_] = np.abs(leaves - comes) > _ALIKE
    return border

"""Smoothing in millimetres: short waves go, long ones and the volume stay."""

from __future__ import annotations

import numpy as np
import pytest

from tests.imaging.meshes import mesh_of
from tests.imaging.volumes import shaped
from webapp.imaging.mesh import Mesh
from webapp.imaging.smoothing import smoothed

STEPS = np.diag([0.7, 0.7, 0.7])[::-1]


def waves(length_mm: float) -> Mesh:
    """A flat surface with waves of a length along x."""
    height = 0.15
    return mesh_of(
        shaped(
            lambda points: height * np.sin(2 * np.pi * points[..., 0] / length_mm) - points[..., 2], (12, 60, 90), STEPS
        )
    )


def left(length_mm: float, strength_mm: float) -> float:
    """What smoothing leaves of such waves, away from the border."""
    mesh = waves(length_mm)
    vertices, _ = smoothed(mesh.vertices, mesh.faces, strength_mm)
    inner = (np.abs(mesh.vertices[:, 0]) < 20) & (np.abs(mesh.vertices[:, 1]) < 15)
    wave = np.sin(2 * np.pi * mesh.vertices[inner, 0] / length_mm)
    return float((vertices[inner, 2] @ wave) / (mesh.vertices[inner, 2] @ wave))


@pytest.mark.parametrize("strength_mm", [3.0, 4.0])
def test_waves_as_long_as_the_strength_are_about_halved(strength_mm: float) -> None:
    assert left(strength_mm, strength_mm) == pytest.approx(0.55, abs=0.15)


@pytest.mark.parametrize("strength_mm", [3.0, 4.0])
def test_waves_half_as_long_are_gone(strength_mm: float) -> None:
    assert abs(left(strength_mm / 2, strength_mm)) < 0.1


@pytest.mark.parametrize("strength_mm", [2.0, 3.0, 4.0])
def test_waves_three_times_as_long_stay(strength_mm: float) -> None:
    assert left(3 * strength_mm, strength_mm) == pytest.approx(1, abs=0.05)


def test_an_open_border_stays_where_it_is() -> None:
    mesh = waves(3.0)
    vertices, _ = smoothed(mesh.vertices, mesh.faces, 3.0)
    moved = np.linalg.norm(vertices - mesh.vertices, axis=1)
    border = np.abs(mesh.vertices[:, 0]) > np.abs(mesh.vertices[:, 0]).max() - 1e-3
    assert moved[border].max() < 1e-3 < moved[~border].max()


def test_more_than_can_be_done_is_said_to_be_less() -> None:
    mesh = waves(6.0)
    _, reached_mm = smoothed(mesh.vertices, mesh.faces, 50.0)
    assert 3.5 < reached_mm < 7.0

"""The template of the 3D pane."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import pytest

from webapp.figures.slice import LINE_COLOURS
from webapp.figures.surface import PLANES, SURFACES, dark_pane, surface_template


def test_plotly_knows_every_word_of_the_template() -> None:
    figure = go.Figure(surface_template())
    assert [trace.type for trace in figure.data] == [*["mesh3d"] * 3, *["surface"] * 3, *["scatter3d"] * 3]


def test_a_surface_is_smooth_and_lit() -> None:
    mesh = surface_template()["data"][0]
    assert mesh["flatshading"] is False
    assert mesh["lighting"]["diffuse"] > mesh["lighting"]["ambient"]


def test_the_light_comes_from_over_the_right_shoulder() -> None:
    near, far, steep = 0.01, 1000.0, 1 / np.tan(np.pi / 8)  # Plotly's own
    depth = [0, 0, (near + far) / (near - far), 2 * near * far / (near - far)]
    clip_of_eye = np.array([[steep, 0, 0, 0], [0, steep, 0, 0], depth, [0, 0, -1, 0]])
    light = surface_template()["data"][0]["lightposition"]
    x, y, z, w = np.linalg.solve(clip_of_eye, [light["x"], light["y"], light["z"], 1])
    right, above, behind = x / w, y / w, z / w
    assert 0 < right < above < behind
    assert behind > 50


def test_nothing_is_shown_before_it_is_filled() -> None:
    assert not any(trace["visible"] for trace in surface_template()["data"])


def test_slices_in_space_keep_their_own_grey() -> None:
    plane = surface_template()["data"][SURFACES]
    assert plane["lighting"]["ambient"] == 1
    assert plane["lighting"]["diffuse"] == 0


@pytest.mark.parametrize("plane", PLANES)
def test_each_plane_has_a_rim_in_its_colour(plane: str) -> None:
    rims = {trace["name"]: trace for trace in surface_template()["data"]}
    assert rims[f"{plane} rim"]["line"]["color"] == LINE_COLOURS[plane]


def test_millimetres_are_equal_along_all_axes() -> None:
    assert surface_template()["layout"]["scene"]["aspectmode"] == "data"


def test_no_axes_are_drawn() -> None:
    scene = surface_template()["layout"]["scene"]
    assert not any(scene[axis]["visible"] for axis in ("xaxis", "yaxis", "zaxis"))


def test_the_patient_is_seen_from_the_front_with_the_head_up() -> None:
    camera = surface_template()["layout"]["scene"]["camera"]
    assert camera["eye"]["y"] < 0
    assert camera["up"] == {"x": 0, "y": 0, "z": 1}


@pytest.mark.parametrize(
    ("letter", "place"), [("R", "0 -1"), ("L", "0 1"), ("A", "1 -1"), ("P", "1 1"), ("I", "2 -1"), ("S", "2 1")]
)
def test_letters_hang_on_the_lps_axes(letter: str, place: str) -> None:
    letters = {text["text"]: text["name"] for text in surface_template()["layout"]["scene"]["annotations"]}
    assert letters[letter] == place


def test_nothing_in_the_3d_pane_asks_for_webgl_before_something_is_drawn() -> None:
    figure = dark_pane()
    assert figure["data"] == []
    assert "scene" not in figure["layout"]

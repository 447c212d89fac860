"""The template of one plane's picture."""

from __future__ import annotations

import plotly.graph_objects as go
import pytest

from webapp.config import ROOT
from webapp.figures.slice import BLACK, LINE_COLOURS, reference_template, slice_template

PLANES = ("axial", "coronal", "sagittal")


@pytest.mark.parametrize("plane", [*PLANES, "picture"])
def test_plotly_knows_every_word_of_the_template(plane: str) -> None:
    figure = go.Figure(slice_template(plane))
    assert figure.data[0].type == "heatmap"


@pytest.mark.parametrize("plane", [*PLANES, "picture"])
def test_a_millimetre_across_is_a_millimetre_down(plane: str) -> None:
    down = slice_template(plane)["layout"]["yaxis"]
    assert (down["scaleanchor"], down["scaleratio"]) == ("x", 1)


@pytest.mark.parametrize("plane", [*PLANES, "picture"])
def test_rows_run_down_the_screen(plane: str) -> None:
    first, last = slice_template(plane)["layout"]["yaxis"]["range"]
    assert first > last


def test_the_ground_of_a_picture_is_pure_black() -> None:
    layout = slice_template("axial")["layout"]
    assert layout["paper_bgcolor"] == layout["plot_bgcolor"] == BLACK == "#000000"


def test_black_is_the_low_end_of_the_window() -> None:
    scale = slice_template("axial")["data"][0]["colorscale"]
    assert scale == [[0, "#000000"], [1, "#ffffff"]]


def test_pixels_are_never_blended_with_their_neighbours() -> None:
    assert slice_template("axial")["data"][0]["zsmooth"] is False


def test_nothing_of_plotly_surrounds_a_picture() -> None:
    template = slice_template("axial")
    assert set(template["layout"]["margin"].values()) == {0}
    assert not template["layout"]["xaxis"]["visible"]
    assert not template["layout"]["yaxis"]["visible"]
    assert template["data"][0]["showscale"] is False


@pytest.mark.parametrize(
    ("plane", "vertical", "horizontal"),
    [("axial", "sagittal", "coronal"), ("coronal", "sagittal", "axial"), ("sagittal", "coronal", "axial")],
)
def test_each_line_is_where_another_plane_cuts(plane: str, vertical: str, horizontal: str) -> None:
    upright, level = slice_template(plane)["layout"]["shapes"]
    assert (upright["name"], upright["yref"]) == (vertical, "y domain")
    assert (level["name"], level["xref"]) == (horizontal, "x domain")
    assert upright["line"]["color"] == LINE_COLOURS[vertical]
    assert level["line"]["color"] == LINE_COLOURS[horizontal]


def test_a_picture_that_is_no_volume_has_no_lines() -> None:
    assert slice_template("picture")["layout"]["shapes"] == []


@pytest.mark.parametrize("plane", PLANES)
def test_lines_have_the_colours_of_the_style_sheet(plane: str) -> None:
    dark = (ROOT / "assets" / "viewer.css").read_text(encoding="utf-8").split("}")[0]
    assert f"--{plane}: {LINE_COLOURS[plane]};" in dark


def test_a_picture_in_colour_fills_its_place_and_lies_below_the_lines() -> None:
    (picture,) = slice_template("axial")["layout"]["images"]
    assert (picture["sizing"], picture["layer"], picture["xref"], picture["yref"]) == ("stretch", "below", "x", "y")
    assert (picture["xanchor"], picture["yanchor"]) == ("left", "top")
    assert picture["visible"] is False


def test_templates_are_not_shared() -> None:
    slice_template("axial")["data"][0]["zmin"] = 99
    assert slice_template("axial")["data"][0]["zmin"] == 0


def test_no_line_is_drawn_before_its_place_is_known() -> None:
    assert not any(line["visible"] for line in slice_template("coronal")["layout"]["shapes"])


def test_plotly_knows_every_word_of_a_reference_line_and_its_number() -> None:
    parts = reference_template()
    shape = {**parts["shape"], "x0": 0, "y0": 0, "x1": 1, "y1": 1}
    figure = go.Figure(layout={"shapes": [shape], "annotations": [{**parts["label"], "x": 0, "y": 0, "text": "7"}]})
    assert (figure.layout.shapes[0].xref, figure.layout.annotations[0].xref) == ("x", "x")

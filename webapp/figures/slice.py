"""The picture of one plane as a template: everything but the pixels, the window and the cursor."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

LINE_COLOURS = MappingProxyType({"axial": "#ff5c57", "sagittal": "#ffd866", "coronal": "#7bd88f"})
"""Colour of the line where each plane cuts the others; the dark theme's, since pictures lie on black in both."""

CUTS = MappingProxyType(
    {"axial": ("sagittal", "coronal"), "coronal": ("sagittal", "axial"), "sagittal": ("coronal", "axial")}
)
"""For each shown plane, the plane its vertical line stands for and the plane its horizontal line stands for."""

PICTURE_COLOUR = "#5ab0ff"
"""Colour of the lines where single pictures, which lie in no one plane, cut others."""

BLACK = "#000000"
_GREYS = [[0, BLACK], [1, "#ffffff"]]

#: The picture of a slice in colour: the page fills in its place and its source.
_PICTURE = MappingProxyType(
    {
        "visible": False,
        "xref": "x",
        "yref": "y",
        "xanchor": "left",
        "yanchor": "top",
        "sizing": "stretch",
        "layer": "below",
    }
)


def _axis(**more: Any) -> dict[str, Any]:
    """An axis that is never seen."""
    return {"visible": False, "fixedrange": True, "autorange": False, "range": [0, 1], **more}


def _line(name: str, direction: str) -> dict[str, Any]:
    """One reference line across the whole picture, at a place the page fills in."""
    along, across = ("x", "y") if direction == "vertical" else ("y", "x")
    return {
        "type": "line",
        "name": name,
        "layer": "above",
        "visible": False,
        f"{along}ref": along,
        f"{across}ref": f"{across} domain",
        f"{along}0": 0,
        f"{along}1": 0,
        f"{across}0": 0,
        f"{across}1": 1,
        "line": {"color": LINE_COLOURS[name], "width": 1},
        "opacity": 0.75,
    }


def slice_template(plane: str) -> dict[str, Any]:
    """The figure of one plane without pixels.

    The page adds ``z`` (rows of modality values), the grid ``x0 dx y0 dy`` in mm, ``zmin``, ``zmax`` and
    ``colorscale`` of the window, the ranges of both axes in mm and the places of the two lines. Colours are laid over
    the same grid as an image of the layout, with the heatmap hidden.

    Parameters
    ----------
    plane : str
        ``axial``, ``coronal``, ``sagittal``, or ``picture`` for a stack that is no volume.

    Returns
    -------
    dict
        A Plotly figure: one grey heatmap; y runs down and x and y share one scale, so millimetres are true.
        A ``picture`` has no lines.
    """
    vertical_and_horizontal = zip(CUTS.get(plane, ()), ("vertical", "horizontal"), strict=False)
    trace = {
        "type": "heatmap",
        "colorscale": _GREYS,
        "showscale": False,
        "hoverinfo": "none",
        "zsmooth": False,
        "zauto": False,
        "zmin": 0,
        "zmax": 1,
    }
    layout = {
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0, "pad": 0},
        "paper_bgcolor": BLACK,
        "plot_bgcolor": BLACK,
        "showlegend": False,
        "hovermode": False,
        "dragmode": False,
        "autosize": True,
        "xaxis": _axis(),
        "yaxis": _axis(range=[1, 0], scaleanchor="x", scaleratio=1),
        "images": [dict(_PICTURE)],
        "shapes": [_line(name, direction) for name, direction in vertical_and_horizontal],
    }
    return {"data": [trace], "layout": layout}


def reference_template() -> dict[str, Any]:
    """A reference line and its number, without colour and place: the page fills in both.

    Returns
    -------
    dict
        ``shape`` and ``label``: a Plotly shape and a Plotly annotation in the millimetres of the picture.
    """
    place = {"xref": "x", "yref": "y"}
    shape = {"type": "line", "layer": "above", "line": {"width": 1}, "opacity": 0.8, **place}
    label = {
        "showarrow": False,
        "bgcolor": "rgba(0, 0, 0, 0.55)",
        "borderpad": 1,
        "font": {"size": 11},
        "xanchor": "left",
        **place,
    }
    return {"shape": shape, "label": label}

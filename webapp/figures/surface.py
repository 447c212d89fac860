"""The 3D pane as a template: a smooth surface, the three planes, letters for the directions, no axes."""

from __future__ import annotations

from typing import Any

from webapp.figures.slice import LINE_COLOURS

PLANES = ("axial", "coronal", "sagittal")

#: Surfaces that are shown together.
SURFACES = 3

GROUND = "#000000"
BONE = "#e6dcc8"
LETTER = "#aab6c2"

_LETTERS = (("R", 0, -1), ("L", 0, 1), ("A", 1, -1), ("P", 1, 1), ("I", 2, -1), ("S", 2, 1))


def _mesh(place: int) -> dict[str, Any]:
    """A surface, lit as a dull solid; the page fills in its corners, its colour and its opacity."""
    return {
        "type": "mesh3d",
        "name": f"surface {place}",
        "visible": False,
        "x": [],
        "y": [],
        "z": [],
        "i": [],
        "j": [],
        "k": [],
        "color": BONE,
        "opacity": 1.0,
        "flatshading": False,
        "hoverinfo": "skip",
        "showscale": False,
        "lighting": {"ambient": 0.25, "diffuse": 0.8, "specular": 0.08, "roughness": 0.6, "fresnel": 0.05},
        # Plotly takes a point of clip space for the light: past the far plane z leads back behind the eye, and turns
        # x and y round. So it shines from over the right shoulder, wherever the scene is seen from.
        "lightposition": {"x": -1.1, "y": -2.2, "z": 1.0002},
    }


def _plane(name: str) -> dict[str, Any]:
    """One slice hung in space; the page fills in its place and its values."""
    return {
        "type": "surface",
        "name": name,
        "visible": False,
        "x": [[0, 1], [0, 1]],
        "y": [[0, 0], [1, 1]],
        "z": [[0, 0], [0, 0]],
        "surfacecolor": [[0, 0], [0, 0]],
        "cauto": False,
        "cmin": 0,
        "cmax": 1,
        "colorscale": [[0, "#000000"], [1, "#ffffff"]],
        "showscale": False,
        "hoverinfo": "skip",
        "contours": {axis: {"highlight": False, "show": False} for axis in "xyz"},
        "lighting": {"ambient": 1.0, "diffuse": 0.0, "specular": 0.0, "roughness": 1.0, "fresnel": 0.0},
    }


def _rim(name: str) -> dict[str, Any]:
    """The outline of one plane in its colour; the page fills in its corners."""
    return {
        "type": "scatter3d",
        "mode": "lines",
        "name": f"{name} rim",
        "visible": False,
        "x": [],
        "y": [],
        "z": [],
        "line": {"color": LINE_COLOURS[name], "width": 3},
        "hoverinfo": "skip",
    }


def _letter(text: str, axis: int, sign: int) -> dict[str, Any]:
    """A direction's letter; ``axis`` and ``sign`` tell the page where to hang it."""
    return {
        "text": text,
        "name": f"{axis} {sign}",
        "x": 0,
        "y": 0,
        "z": 0,
        "showarrow": False,
        "font": {"size": 14, "color": LETTER},
    }


def dark_pane() -> dict[str, Any]:
    """The figure of the 3D pane before anything is drawn.

    It holds no scene: making one takes a WebGL context, and where software draws that, the slices would wait for it.

    Returns
    -------
    dict
        A Plotly figure.
    """
    hidden = {"visible": False}
    return {
        "data": [],
        "layout": {"paper_bgcolor": GROUND, "plot_bgcolor": GROUND, "xaxis": hidden, "yaxis": dict(hidden)},
    }


def surface_template() -> dict[str, Any]:
    """The figure of the 3D pane without geometry.

    Returns
    -------
    dict
        A Plotly figure in patient LPS, mm: `SURFACES` surfaces, the planes ``axial``, ``coronal``, ``sagittal`` and the
        planes' three rims (all invisible until filled), seen from the front with the head up, so the patient's right is
        on the left.
    """
    hidden = {"visible": False, "showspikes": False}
    scene = {
        "xaxis": dict(hidden),
        "yaxis": dict(hidden),
        "zaxis": dict(hidden),
        "aspectmode": "data",
        "bgcolor": GROUND,
        "dragmode": "orbit",
        "camera": {
            "eye": {"x": -0.62, "y": -1.3, "z": 0.48},
            "up": {"x": 0, "y": 0, "z": 1},
            "center": {"x": 0, "y": 0, "z": 0},
            "projection": {"type": "perspective"},
        },
        "annotations": [_letter(text, axis, sign) for text, axis, sign in _LETTERS],
    }
    layout = {
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0, "pad": 0},
        "paper_bgcolor": GROUND,
        "showlegend": False,
        "hovermode": False,
        "autosize": True,
        "scene": scene,
    }
    data = [*map(_mesh, range(SURFACES)), *(_plane(name) for name in PLANES), *(_rim(name) for name in PLANES)]
    return {"data": data, "layout": layout}

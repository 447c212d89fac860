"""The one way a graph comes onto the page."""

from __future__ import annotations

from typing import Any, cast

from dash import dcc
from dash.development.base_component import Component

from webapp.figures.graph import graph_config


def graph(id_: str, figure: dict[str, Any], *, still: bool) -> Component:
    """A graph that fills its pane and sends nothing anywhere.

    Parameters
    ----------
    id_ : str
    figure : dict
        What it shows before its clientside callback has answered.
    still : bool
        True for pictures, whose pointer the page handles itself.
    """
    config = cast(Any, graph_config(still=still))
    return dcc.Graph(id=id_, figure=cast(Any, figure), config=config, className="picture", responsive=True)

"""How every graph of the page is configured: nothing of Plotly's own shows, nothing is sent anywhere."""

from __future__ import annotations

from typing import Any


def graph_config(*, still: bool) -> dict[str, Any]:
    """Configuration for one ``dcc.Graph``.

    Plotly's toolbar can post the figure, pixels and all, to another company; it is switched off here for
    every graph, together with the addresses it would use.

    Parameters
    ----------
    still : bool
        True for pictures, whose pointer the page handles itself; False where Plotly turns a scene.

    Returns
    -------
    dict
        Plotly's ``config`` object.
    """
    return {
        "displaylogo": False,
        "displayModeBar": False,
        "modeBarButtonsToRemove": ["sendChartToCloud", "sendDataToCloud", "lasso2d", "select2d"],
        "showSendToCloud": False,
        "showEditInChartStudio": False,
        "plotlyServerURL": "",
        "showLink": False,
        "linkText": "",
        "scrollZoom": not still,
        "doubleClick": False,
        "showTips": False,
        "showAxisDragHandles": False,
        "editable": False,
        "responsive": True,
        "staticPlot": still,
    }

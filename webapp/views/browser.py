"""What only the browser understands: callbacks that run in it, attributes with a hyphen."""

from __future__ import annotations

from typing import Any

from dash import ClientsideFunction, Dash
from dash.dependencies import DashDependency


def in_browser(app: Dash, function: str, *dependencies: DashDependency, at_start: bool = False) -> None:
    """Let a function of ``window.dash_clientside.trueslice`` answer, without a request.

    Parameters
    ----------
    app : Dash
    function : str
        Its name.
    dependencies : DashDependency
        Outputs, then inputs, then states, in the order of its results and arguments.
    at_start : bool
        Whether it is also called when the page is new.
    """
    call = ClientsideFunction("trueslice", function)
    app.clientside_callback(call, *dependencies, prevent_initial_call=not at_start)


def attributes(**words: str) -> dict[str, Any]:
    """Attributes whose names hold a hyphen: ``aria_label="x"`` becomes ``aria-label="x"``."""
    return {name.replace("_", "-"): word for name, word in words.items()}

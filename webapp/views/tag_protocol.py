"""Protocol check: the open series kept as a reference, or held against one that was kept before.

::

    SCENE ── address ──> the link that saves          chosen file, SCENE ── checks ──> the results
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from dash import Dash, Input, Output, dcc, html
from dash.development.base_component import Component

from webapp.compare.protocol import Outcome, Result, hold_against
from webapp.compare.protocol_reference import Reference, read_reference
from webapp.errors import BadReference
from webapp.services import Services
from webapp.views import ids
from webapp.views.state import scene_key
from webapp.views.tag_columns import column_of

HINT: Final = (
    "Save a series' acquisition as a reference with tolerances, edit it as you like, and hold other series against it."
)
#: Characters of a reference that the page takes; `assets/tags.js` sends no more.
_MOST_CHARS: Final = 200_000

MARKS: Final = {Outcome.PASS: "✓ pass", Outcome.DIFFERS: "≠ differs", Outcome.MISSING: "∅ missing"}
_ORDER: Final = (Outcome.DIFFERS, Outcome.MISSING, Outcome.PASS)


def layout() -> Component:
    """Saving, loading, and the place of the results."""
    save = html.A("Save this series as reference", id=ids.TAG_SAVE, href="", className="tag-action", download="")
    load = html.Button("Hold against a reference", id=ids.TAG_LOAD, className="tag-action", n_clicks=0)
    return html.Div(
        [
            html.P(HINT),
            html.Div([save, load], className="tag-actions"),
            dcc.Store(id=ids.TAG_REFERENCE),
            html.Div(id=ids.TAG_CHECKS, className="tag-checks", role="status"),
        ],
        className="tag-protocol",
    )


def register(app: Dash, services: Services) -> None:
    """Wire saving and loading."""

    @app.callback(Output(ids.TAG_SAVE, "href"), Input(ids.SCENE, "data"))
    def save(scene: dict[str, Any] | None) -> str:
        """Where the reference of the open series is."""
        return address(scene)

    @app.callback(
        Output(ids.TAG_CHECKS, "children"),
        Input(ids.TAG_REFERENCE, "data"),
        Input(ids.SCENE, "data"),
        prevent_initial_call=True,
    )
    def check(text: str | None, scene: dict[str, Any] | None) -> list[Component]:
        """The results of the open series."""
        return checks(services, scene_key(scene), text)


def address(scene: dict[str, Any] | None) -> str:
    """Where the reference of the open series can be had; empty while none is open."""
    key = scene_key(scene)
    return f"/volumes/{key}/protocol.json" if key else ""


def checks(services: Services, key: str | None, text: object) -> list[Component]:
    """How the open series ends against a reference.

    Parameters
    ----------
    services : Services
    key : str or None
        The open series.
    text : object
        The file's text, as the browser sends it.

    Raises
    ------
    UnknownKey
    """
    if key is None or not text:
        return []
    column = column_of(services, key)
    try:
        return results(hold_against(reference(text), column.table, column.meta))
    except BadReference as refusal:
        return [html.P(str(refusal), className="tag-refused")]


def reference(text: object) -> Reference:
    """The reference that a browser sent.

    Raises
    ------
    BadReference
        It is none, or too long.
    """
    if not isinstance(text, str) or len(text) > _MOST_CHARS:
        raise BadReference
    return read_reference(text)


def results(found: Sequence[Result]) -> list[Component]:
    """The results in words, what does not pass first."""
    counted = Counter(result.outcome for result in found)
    said = f"{counted[Outcome.PASS]} pass, {counted[Outcome.DIFFERS]} differ, {counted[Outcome.MISSING]} missing"
    rows = [_row(result) for outcome in _ORDER for result in found if result.outcome is outcome]
    head = html.Thead(html.Tr([html.Th(word) for word in ("Check", "Asked for", "Found")]))
    return [html.P(said, className="tag-said"), html.Table([head, html.Tbody(rows)])]


def _row(result: Result) -> Component:
    """One check."""
    mark = html.Span(MARKS[result.outcome], className=f"tag-state is-{result.outcome}")
    tag = f" ({result.check.tag})" if result.check.tag else ""
    name = html.Td([mark, html.Div(f"{result.check.name}{tag}")])
    cells = [name, html.Td(result.wanted), html.Td(result.found)]
    return html.Tr(cells, title=result.reason or "passes")

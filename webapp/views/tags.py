"""The tag panel: every element of a series, found by any spelling and compared with another series.

::

    SCENE (key) ──────┬─ choices ──────→ the other series in the select
    LOCATION (with) ──┴─ linked ───────→ the compared one, as the link says it
    SCENE, compared, "differs" ─ table ─→ rows, columns, count and download link of the grid
    chosen row ─ detail ───────────────→ the element in full below the grid
    filter box ─ in the browser ───────→ the grid's quick filter
    compared ─── in the browser ───────→ "with" in the address
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash_ag_grid as dag
import dash_mantine_components as dmc
from dash import ClientsideFunction, Dash, Input, Output, State, html
from dash.development.base_component import Component

from webapp.access import access
from webapp.compare.table import ComparedRow, compare, differing
from webapp.dicom.tag_row import TagRow
from webapp.dicom.technical import technical_rows
from webapp.services import Services
from webapp.store.model import Card
from webapp.store.tags import read_rows
from webapp.views import ids
from webapp.views.state import ViewState, key_of, scene_key
from webapp.views.tag_rows import NOT_RECORDED, Column, Row, columns, grid_row

HINT = "Choose a row to read it in full."
ROW_PX = 44

Table = tuple[list[Row], list[Column], str, str]


def layout() -> Component:
    """The panel, empty until a series is open."""
    return html.Section(
        [
            dmc.TextInput(id=ids.TAG_FILTER, placeholder="Find 0018,0088, a name or a value", **{"aria-label": "Find"}),
            dmc.Select(
                id=ids.TAG_COMPARE,
                data=[],
                placeholder="Compare with another series",
                clearable=True,
                searchable=True,
                nothingFoundMessage="No other series",
                **{"aria-label": "Compare with"},
            ),
            html.Div(
                [
                    dmc.Switch(id=ids.TAG_DIFFERS, label="Only what differs", checked=False),
                    html.Span(id=ids.TAG_COUNT, className="tag-count", role="status"),
                    html.A("CSV", id=ids.TAG_CSV, href="", className="tag-csv", title="Download these tags as CSV"),
                ],
                className="tag-tools",
            ),
            dag.AgGrid(
                id=ids.TAG_GRID,
                className="tag-grid",
                rowData=[],
                columnDefs=columns([""]),
                getRowId="params.data.id",
                dashGridOptions=_grid_options(),
                style={"height": None},
            ),
            html.Div(HINT, id=ids.TAG_DETAIL, className="tag-detail", role="region"),
        ],
        className="tag-panel",
    )


def register(app: Dash, services: Services) -> None:
    """Wire the panel to the open series."""

    @app.callback(Output(ids.TAG_COMPARE, "data"), Input(ids.SCENE, "data"), Input(ids.LIBRARY_CHANGED, "data"))
    def offer(scene: dict[str, Any] | None, _changed: object) -> list[dict[str, str]]:
        return [] if is_guest(scene) else choices(services.catalogue.library(services.owner()), scene_key(scene))

    @app.callback(
        Output(ids.TAG_COMPARE, "value"),
        Input(ids.SCENE, "data"),
        State(ids.LOCATION, "search"),
        prevent_initial_call=True,
    )
    def restore(scene: dict[str, Any] | None, search: str | None) -> str | None:
        return linked(services.catalogue.library(services.owner()), scene_key(scene), search)

    @app.callback(
        Output(ids.TAG_GRID, "rowData"),
        Output(ids.TAG_GRID, "columnDefs"),
        Output(ids.TAG_COUNT, "children"),
        Output(ids.TAG_CSV, "href"),
        Input(ids.SCENE, "data"),
        Input(ids.TAG_COMPARE, "value"),
        Input(ids.TAG_DIFFERS, "checked"),
    )
    def fill(scene: dict[str, Any] | None, other: str | None, only_differing: bool) -> Table:
        return table(services, keys_of(scene, other), only_differing=only_differing, technical=is_guest(scene))

    @app.callback(
        Output(ids.TAG_DETAIL, "children"), Input(ids.TAG_GRID, "selectedRows"), State(ids.TAG_GRID, "columnDefs")
    )
    def explain(chosen: list[Row] | None, column_defs: list[Column]) -> Component | str:
        return detail(chosen, column_defs)

    app.clientside_callback(
        ClientsideFunction("trueslice", "find"),
        Output(ids.TAG_GRID, "dashGridOptions"),
        Input(ids.TAG_FILTER, "value"),
    )
    app.clientside_callback(
        ClientsideFunction("trueslice", "compared"),
        Input(ids.TAG_COMPARE, "value"),
        State(ids.SCENE, "data"),
        prevent_initial_call=True,
    )


def keys_of(scene: dict[str, Any] | None, other: str | None) -> list[str]:
    """The stacks of the table: the open one and, if it is another, the one compared with it."""
    key = scene_key(scene)
    return [] if key is None else list(dict.fromkeys(filter(None, [key, key_of(other)])))


def choices(cards: Sequence[Card], key: str | None) -> list[dict[str, str]]:
    """The series to compare with: all of the owner's and the samples, without the open one."""
    return [{"value": card.key, "label": label(card)} for card in cards if key and card.key != key]


def linked(cards: Sequence[Card], key: str | None, search: str | None) -> str | None:
    """The series a link compares with, while it is still there."""
    compared = ViewState.from_query(search).compared
    return compared if compared in {choice["value"] for choice in choices(cards, key)} else None


def label(card: Card) -> str:
    """What a series is called in the select and above its column: ``CT · Abdomen · 512×512×275``."""
    size = "×".join(str(n) for n in reversed(card.shape_kji)) if card.shape_kji else f"{card.images} images"
    return " · ".join([card.modality, card.description or "no description", size])


def is_guest(scene: Mapping[str, Any] | None) -> bool:
    """Whether the open series is seen as somebody who came by a link sees it."""
    return bool((scene or {}).get("guest"))


def table(services: Services, keys: Sequence[str], *, only_differing: bool, technical: bool = False) -> Table:
    """Rows, columns, count and download link of the grid.

    Parameters
    ----------
    services : Services
    keys : sequence of str
        The stacks in the order of their columns, the open one first; each is looked up in the name of the owner.
    only_differing : bool
        Leaves out the rows that agree; without effect on one series alone.
    technical : bool
        Only what a guest may read; a guest is never given more, whatever this says.

    Raises
    ------
    UnknownKey
        One of the stacks is not there, or not this owner's.
    """
    if not keys:
        return [], columns([""]), "", ""
    seen = [access(services, key) for key in keys]
    cards, guest = [one.card for one in seen], technical or any(one.is_guest for one in seen)
    rows = [stored_rows(services, key) for key in keys]
    compared = compare([technical_rows(one) for one in rows] if guest else rows)
    shown = differing(compared) if only_differing and len(keys) > 1 else compared
    address = "" if guest else f"/volumes/{keys[0]}/tags.csv"
    heads = [label(card) for card in cards] if len(keys) > 1 else ["Value"]
    return [grid_row(row) for row in shown], columns(heads), count(compared), address


def stored_rows(services: Services, key: str) -> list[TagRow]:
    """The tag rows kept beside a stack whose owner has been checked."""
    return read_rows(services.volumes.folder(key))


def count(rows: Sequence[ComparedRow]) -> str:
    """How many elements there are, and how many differ where that can be."""
    if rows and len(rows[0].values) > 1:
        return f"{len(differing(rows))} of {len(rows)} differ"
    return f"{len(rows)} elements"


def detail(chosen: Sequence[Row] | None, column_defs: Sequence[Column]) -> Component | str:
    """The chosen element in full: its path, what it is, and each value unshortened."""
    if not chosen:
        return HINT
    row = chosen[0]
    heads = {column["field"]: column["headerName"] for column in column_defs if column["field"].startswith("value")}
    name = row["element"].replace("\n", " · ")
    values = [html.Div([html.Dt(head), html.Dd(row.get(field, NOT_RECORDED))]) for field, head in heads.items()]
    return html.Div([html.P(name, className="tag-name"), html.P(row["path"], className="tag-path"), html.Dl(values)])


def _grid_options() -> dict[str, Any]:
    """What AG Grid is told once; every row has the height of its two lines, so that scrolling costs nothing."""
    return {
        "theme": "themeQuartz",
        "animateRows": False,
        "enableCellTextSelection": True,
        "ensureDomOrder": True,
        "headerHeight": 32,
        "rowHeight": ROW_PX,
        "scrollbarWidth": 11,
        "includeHiddenColumnsInQuickFilter": True,
        "quickFilterText": "",
        "rowSelection": {"mode": "singleRow", "checkboxes": False, "enableClickSelection": True},
        "suppressColumnVirtualisation": True,
        "suppressDragLeaveHidesColumns": True,
    }

"""The tag panel: every element of a series, found by any spelling, compared with others and along its slices.

::

    SCENE (key) ──────┬─ choices ──────→ the other series in the select
    LOCATION ─────────┴─ restored ─────→ series, topics, group and words of a link
    SCENE, boxes, WHERE ─ table ───────→ rows, columns, words and files around them, what the link keeps
    chosen row, WHERE ─── detail ──────→ the element in full, and its value along the slices
    CURSOR, rail, time ── in the browser → WHERE (when it has settled, while the panel is open)
    slice number, chosen row ─ in the browser → the viewer's slice
    LINK ──────────────── in the browser → the address
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import dash_ag_grid as dag
import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component

from webapp.compare.topics import Topic
from webapp.compare.view import MOST_COLUMNS
from webapp.services import Services
from webapp.views import ids, tag_lookup, tag_protocol
from webapp.views.browser import attributes, in_browser
from webapp.views.state import scene_key, slice_number
from webapp.views.tag_columns import Asked, Boxes, is_guest, keys_of, offered, restored
from webapp.views.tag_detail import HINT, detail
from webapp.views.tag_rows import Row, columns
from webapp.views.tag_table import Table, query_of, table

PARTS = {"table": "Table", "look-up": "Look up", "protocol": "Protocol"}


def layout() -> Component:
    """The panel, empty until a series is open."""
    part = dmc.SegmentedControl(
        id=ids.TAG_PART,
        data=[{"value": value, "label": words} for value, words in PARTS.items()],
        value="table",
        fullWidth=True,
        size="xs",
        **attributes(aria_label="Part of the tags"),
    )
    return html.Section(
        [
            dcc.Store(id=ids.TAG_WHERE),
            dcc.Store(id=ids.TAG_LINK),
            part,
            html.Div(_table_part(), className="tag-part-table"),
            html.Div(tag_lookup.layout(), className="tag-part-look-up"),
            html.Div(tag_protocol.layout(), className="tag-part-protocol"),
        ],
        id=ids.TAG_PANEL,
        className="tag-panel columns-1",
        **attributes(data_part="table"),
    )


def _table_part() -> list[Component]:
    """Boxes, table, and what stands below it."""
    return [
        dmc.TextInput(
            id=ids.TAG_FILTER,
            placeholder="Find 0018,0088, a name, a value or /expression/",
            debounce=250,
            **attributes(aria_label="Find"),
        ),
        dmc.MultiSelect(
            id=ids.TAG_COMPARE,
            data=[],
            value=[],
            placeholder="Compare with other series",
            clearable=True,
            searchable=True,
            hidePickedOptions=True,
            maxValues=MOST_COLUMNS - 1,
            nothingFoundMessage="No other series",
            **attributes(aria_label="Compare with"),
        ),
        _topics(),
        html.Div(
            [
                _slice_number(),
                _group(),
                html.Span(id=ids.TAG_COUNT, className="tag-count", role="status"),
                html.Nav(id=ids.TAG_FILES, className="tag-files", **attributes(aria_label="Downloads of tags")),
            ],
            className="tag-tools",
        ),
        html.Div(id=ids.TAG_NOTE, className="tag-note", role="status"),
        dag.AgGrid(
            id=ids.TAG_GRID,
            className="tag-grid",
            rowData=[],
            columnDefs=columns([""]),
            getRowId="params.data.id",
            dashGridOptions=_grid_options(),
            style={"height": None},
        ),
        html.Div(id=ids.TAG_VENDOR),
        html.Div(HINT, id=ids.TAG_DETAIL, className="tag-detail", role="region", **attributes(aria_label="Chosen tag")),
    ]


def _topics() -> Component:
    """What the rows may be about."""
    chips = [dmc.Chip(str(topic), value=str(topic), size="xs", className=f"chip-{topic}") for topic in Topic]
    return html.Div(dmc.ChipGroup(chips, id=ids.TAG_TOPICS, multiple=True, value=[]), className="tag-topics")


def _group() -> Component:
    """The group that rows are narrowed to."""
    box: Component = dmc.TextInput(
        id=ids.TAG_GROUP,
        placeholder="group",
        debounce=250,
        className="tag-group",
        **attributes(aria_label="Only the group"),
    )
    return box


def _slice_number() -> Component:
    """The slice whose values are shown: it follows the viewer, and the viewer follows it."""
    number = dmc.NumberInput(
        id=ids.TAG_SLICE, min=1, value=1, clampBehavior="strict", allowDecimal=False, **attributes(aria_label="Slice")
    )
    against = dmc.NumberInput(
        id=ids.TAG_AGAINST,
        min=1,
        placeholder="none",
        debounce=250,
        clampBehavior="strict",
        allowDecimal=False,
        **attributes(aria_label="Against slice"),
    )
    return html.Span(["Slice ", number, " against ", against], className="tag-slice")


def register(app: Dash, services: Services) -> None:
    """Wire the panel to the open series."""
    tag_lookup.register(app, services)
    tag_protocol.register(app, services)
    _register_choices(app, services)

    @app.callback(
        Output(ids.TAG_GRID, "rowData"),
        Output(ids.TAG_GRID, "columnDefs"),
        Output(ids.TAG_COUNT, "children"),
        Output(ids.TAG_NOTE, "children"),
        Output(ids.TAG_FILES, "children"),
        Output(ids.TAG_VENDOR, "children"),
        Output(ids.TAG_PANEL, "className"),
        Output(ids.TAG_LINK, "data"),
        Input(ids.SCENE, "data"),
        Input(ids.TAG_COMPARE, "value"),
        Input(ids.TAG_FILTER, "value"),
        Input(ids.TAG_TOPICS, "value"),
        Input(ids.TAG_GROUP, "value"),
        Input(ids.TAG_AGAINST, "value"),
        Input(ids.TAG_WHERE, "data"),
    )
    def fill(scene: dict[str, Any] | None, others: object, *boxes: object) -> Table:
        return table(services, replace(asked(keys_of(scene, others), *boxes), guest=is_guest(scene)))

    @app.callback(
        Output(ids.TAG_DETAIL, "children"),
        Input(ids.TAG_GRID, "selectedRows"),
        Input(ids.TAG_WHERE, "data"),
        State(ids.SCENE, "data"),
        State(ids.TAG_COMPARE, "value"),
        State(ids.TAG_AGAINST, "value"),
    )
    def explain(
        chosen: list[Row] | None, where: object, scene: dict[str, Any] | None, others: object, against: object
    ) -> list[Component] | str:
        keys = keys_of(scene, others)
        wanted = Asked(keys, where=where, guest=is_guest(scene), against=slice_number(against))
        return detail(services, wanted, chosen)

    _register_browser(app)


def asked(keys: list[str], words: object = None, topics: object = None, group: object = None, *slices: object) -> Asked:
    """What the boxes ask for; `slices` are the one held against the one on show, and that."""
    against, where = slices or (None, None)
    number = slice_number(against) if len(keys) == 1 else None
    return Asked(
        keys, query_of(words, topics, group, 1 if number is None and len(keys) == 1 else 2), where, against=number
    )


def _register_choices(app: Dash, services: Services) -> None:
    """What can be compared, and what a link asks for."""

    @app.callback(
        Output(ids.TAG_COMPARE, "data", allow_duplicate=True),
        Input(ids.LIBRARY_CHANGED, "data"),
        State(ids.SCENE, "data"),
        prevent_initial_call=True,
    )
    def offer(_changed: object, scene: dict[str, Any] | None) -> list[dict[str, str]]:
        return offered(services, scene)

    @app.callback(
        Output(ids.TAG_COMPARE, "data"),
        Output(ids.TAG_COMPARE, "value"),
        Output(ids.TAG_TOPICS, "value"),
        Output(ids.TAG_GROUP, "value"),
        Output(ids.TAG_AGAINST, "value"),
        Output(ids.TAG_FILTER, "value"),
        Input(ids.SCENE, "data"),
        State(ids.LOCATION, "search"),
        prevent_initial_call=True,
    )
    def restore(scene: dict[str, Any] | None, search: str | None) -> Boxes:
        return restored(
            [] if is_guest(scene) else services.catalogue.library(services.owner()), scene_key(scene), search
        )


def _register_browser(app: Dash) -> None:
    """What needs no request."""
    in_browser(
        app,
        "tagWhere",
        Output(ids.TAG_SLICE, "max"),
        Output(ids.TAG_AGAINST, "max"),
        Input(ids.SCENE, "data"),
        Input(ids.CURSOR, "data"),
        Input(ids.slice_slider("picture"), "value"),
        Input(ids.TIME, "data"),
        Input(ids.PANEL_TABS, "value"),
    )
    in_browser(app, "tagSlice", Input(ids.TAG_SLICE, "value"), State(ids.SCENE, "data"))
    in_browser(app, "tagJump", Input(ids.TAG_GRID, "selectedRows"), State(ids.SCENE, "data"))
    in_browser(app, "tagLink", Input(ids.TAG_LINK, "data"), State(ids.SCENE, "data"))
    in_browser(app, "tagParts", Output(ids.TAG_PART, "data"), Input(ids.SCENE, "data"), State(ids.TAG_PART, "data"))
    in_browser(app, "tagPart", Output(ids.TAG_PANEL, "data-part"), Input(ids.TAG_PART, "value"))


def _grid_options() -> dict[str, Any]:
    """What AG Grid is told once; every row says its height, so that scrolling measures nothing."""
    return {
        "theme": "themeQuartz",
        "animateRows": False,
        "enableCellTextSelection": True,
        "ensureDomOrder": True,
        "getRowHeight": {"function": "params.data.height"},
        "headerHeight": 32,
        "rowClassRules": {"tag-computed": "params.data.computed"},
        "rowSelection": {"mode": "singleRow", "checkboxes": False, "enableClickSelection": True},
        "scrollbarWidth": 11,
        "suppressColumnVirtualisation": True,
        "suppressDragLeaveHidesColumns": True,
    }

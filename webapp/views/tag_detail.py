"""The chosen element in full: what it is, its value in every series, what was done with it, and how it runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from dash import html
from dash.development.base_component import Component

from webapp.compare.shown import EMPTY, NOT_RECORDED, Cell, ShownRow
from webapp.compare.view import Comparison, Part, View
from webapp.dicom.dictionary import links_of
from webapp.dicom.tag_row import TagRow
from webapp.services import Services
from webapp.stackwords import shown_place
from webapp.views.browser import attributes
from webapp.views.tag_columns import Asked, comparison_of, instance_shown
from webapp.views.tag_plot import plot
from webapp.views.tag_rows import STATES, path_in_words, title, value_in, with_unit

HINT: Final = "Choose a row to read it in full."


def detail(services: Services, asked: Asked, chosen: Sequence[Mapping[str, Any]] | None) -> list[Component] | str:
    """The chosen row in full.

    Parameters
    ----------
    services : Services
    asked : Asked
        Its keys and slice count; the query does not.
    chosen : sequence of mapping or None
        Rows of the grid, as the browser sends them back.

    Raises
    ------
    UnknownKey
    """
    if not chosen or not asked.keys or not isinstance(chosen[0], Mapping):
        return HINT
    comparison = comparison_of(services, asked)
    line = _line(comparison.view(part=Part(chars=services.config.limits.value_chars)), chosen[0].get("row"))
    if line is None:
        return HINT
    column = comparison.columns[0]
    instance = instance_shown(column, asked.keys[0], asked.where)
    place, time = column.table.slice_of(instance)
    row = line.row.cells[0]
    drawn = (
        []
        if row is None or line.computed or comparison.of_instances
        else plot(column, row, time, shown_place(column.meta, place))
    )
    return [
        _head(line),
        *drawn,
        *_jump(chosen[0].get("first"), comparison),
        html.Dl(_values(comparison, line, instance)),
    ]


def _line(view: View, row: object) -> ShownRow | None:
    """The line that is meant."""
    return next((line for line in (*view.computed, *view.rows) if line.id == row), None)


def _head(line: ShownRow) -> Component:
    """What the element is, and where more is told of it."""
    row = line.row
    if line.computed:
        return html.P([html.B(title(row)), " · computed from the slices or from several tags"], className="tag-name")
    facts = [f"({row.tag})", row.name if row.name != title(row) else "", row.vr, f"VM {_vm(line)}", row.unit]
    parts: list[Component | str] = [html.B(title(row)), " · ", " · ".join(filter(None, facts))]
    path = [html.P(path_in_words(row.path), className="tag-path")] if row.depth else []
    links = [] if row.creator or int(row.tag[3], 16) % 2 else standard_links(*links_of(row.tag))
    return html.Div([html.P(parts, className="tag-name"), *path, *links])


def standard_links(standard: str, browser: str) -> list[Component]:
    """Pages about an element, for the user to open; nothing is fetched from them."""
    named = [("DICOM standard", standard), ("Innolitics browser", browser)]
    links = [
        html.A(name, href=address, target="_blank", rel="noopener noreferrer", className="tag-elsewhere")
        for name, address in named
        if address
    ]
    return [html.P(links, className="tag-path")] if links else []


def _vm(line: ShownRow) -> str:
    """How many values there are, where series agree about it."""
    counts = {str(cell.vm) for cell in line.row.cells if cell is not None}
    return " or ".join(sorted(counts))


def _jump(first: object, comparison: Comparison) -> list[Component]:
    """The way to the first slice that differs."""
    if not isinstance(first, int):
        return []
    axis = comparison.columns[0].meta["slice_axis"]
    plane = "picture" if axis is None else ("axial", "coronal", "sagittal")[axis]
    where = attributes(data_plane=plane, data_first=str(first), data_last=str(first))
    button = html.Button(f"slice {first + 1}", className="slice-link", **where)
    return [html.P(["First differs at ", button], className="tag-jump")]


def _values(comparison: Comparison, line: ShownRow, instance: int) -> list[Component]:
    """Each series' value, how it compares, how it varies, and what was done with it."""
    alone = len(comparison.columns) == 1
    parts: list[Component] = []
    for place, column in enumerate(comparison.columns):
        cell, row = line.cells[place], line.row.cells[place]
        head = [] if alone else [html.Dt([column.label, *_state(cell, place)])]
        text = _full(row, instance if alone else None)
        parts.append(html.Div([*head, html.Dd(text, className="tag-full"), *_along(row, alone=alone), *_meant(cell)]))
    return parts


def _state(cell: Cell, place: int) -> list[Component]:
    """How a column compares with the reference."""
    words = "reference" if place == 0 else STATES[cell.state]
    return [html.Span(f" {words}", className=f"tag-state is-{cell.state.name.lower()}")]


def _full(row: TagRow | None, instance: int | None) -> str:
    """The whole value: of one instance, or of the series in short."""
    value = None if row is None else row.value if instance is None else value_in(row, instance)
    return NOT_RECORDED if value is None else with_unit(value, row.unit if row else "") or EMPTY


def _along(row: TagRow | None, *, alone: bool) -> list[Component]:
    """How the value runs along the series, where it does."""
    if row is None or row.column is None:
        return []
    words = f"{row.column.variation} within the series"
    return [html.Dd(f"{words}: {row.column.words}" if alone else words, className="quiet")]


def _meant(cell: Cell) -> list[Component]:
    """What was done with it, and the audit's sentences about it."""
    if cell.meaning is None:
        return []
    said = [
        html.Dd(message, className=f"tag-said is-{cell.meaning.severity.lower()}") for message in cell.meaning.messages
    ]
    return [html.Dd(cell.meaning.short, className="tag-meaning"), *said]

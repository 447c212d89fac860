"""The tag table that was asked for: its rows, its columns and the words around them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from dash import html
from dash.development.base_component import Component

from webapp.compare.makers import protocol_lines
from webapp.compare.search import Query, matching
from webapp.compare.shown import ShownRow
from webapp.compare.table import ComparedRow, first_difference
from webapp.compare.topics import Topic
from webapp.compare.view import Comparison, Part, View, slice_label
from webapp.dicom.tag_spelling import spelled_group
from webapp.errors import BadPattern
from webapp.services import Services
from webapp.stackwords import shown_place
from webapp.views.browser import attributes
from webapp.views.state import ViewState, kept_words
from webapp.views.tag_columns import Asked, comparison_of, instance_shown, slice_shown, slices_beside
from webapp.views.tag_rows import ColumnDef, Row, columns, compared_row, series_row

#: Rows that are sent at once; a search reaches the others.
MOST_ROWS: Final = 2_000
#: Characters of a search that are looked at.
_MOST_WORDS: Final = 200

_COMPUTED_TOPICS: Final = frozenset((Topic.GEOMETRY, Topic.ACQUISITION))


class Table(NamedTuple):
    """The panel's table, in the order of the callback's outputs."""

    rows: list[Row]
    columns: list[ColumnDef]
    counted: str
    note: str
    files: list[Component]
    vendor: list[Component]
    class_name: str
    link: dict[str, str]


def query_of(words: object, topics: object, group: object, columns_: int) -> Query:
    """The query of the panel's boxes; a text between slashes is a regular expression.

    Parameters
    ----------
    words, topics, group : object
        What a browser sent.
    columns_ : int
        With one column nothing can differ.
    """
    text = words.strip()[:_MOST_WORDS] if isinstance(words, str) else ""
    regex = len(text) > 2 and text.startswith("/") and text.endswith("/")
    known = {str(topic): topic for topic in Topic}
    wanted = {known[one] for one in topics if one in known} if isinstance(topics, list) else set()
    return Query(
        words=text[1:-1] if regex else text,
        regex=regex,
        topics=frozenset(wanted if columns_ > 1 else wanted - {Topic.DIFFERS}),
        group=(spelled_group(group) or "") if isinstance(group, str) else "",
    )


def table(services: Services, asked: Asked) -> Table:
    """Everything the panel shows.

    Raises
    ------
    UnknownKey
        One of the stacks is not there, or not this owner's.
    """
    if not asked.keys:
        return Table([], columns([""]), "", "", [], [], "tag-panel columns-1", {})
    comparison = comparison_of(services, asked)
    link, taken = link_of(asked), [] if asked.guest else files(asked, comparison)
    try:
        view = comparison.view(asked.query, Part(count=MOST_ROWS, chars=services.config.limits.cell_chars))
        computed = _computed(comparison, view, asked.query)
    except BadPattern as refusal:
        heads = columns([""] * len(comparison.columns))
        return Table([], heads, "", str(refusal), taken, [], _class(comparison), link)
    lines = [*computed, *view.rows]
    return Table(
        rows=_rows(services, comparison, asked, lines),
        columns=_columns(comparison, asked),
        counted=count(view, len(comparison.columns)),
        note=_note(view),
        files=taken,
        vendor=vendor(comparison),
        class_name=_class(comparison),
        link=link,
    )


def link_of(asked: Asked) -> dict[str, str]:
    """The fields of the address that bring the table back; free text, which may be a name, is not among them."""
    state = ViewState(
        compared=tuple(asked.keys[1:]),
        topics=tuple(str(topic) for topic in Topic if topic in asked.query.topics),
        group=asked.query.group,
        against=asked.against,
        words="" if asked.query.regex else kept_words(asked.query.words),
    )
    return {"stack": asked.keys[0], **state.tag_fields()}


def count(view: View, columns_: int) -> str:
    """How many elements there are, were found, and differ where that can be."""
    found = f"{view.found} of {view.total}" if view.found < view.total else str(view.total)
    if columns_ > 1:
        return f"{found} elements · {view.differing} differ"
    return f"{found} elements" if view.total != 1 else "1 element"


def files(asked: Asked, comparison: Comparison) -> list[Component]:
    """The whole table to take away."""
    keys, beside = asked.keys, ""
    if len(keys) > 1:
        beside = f"?with={','.join(keys[1:])}"
    elif comparison.of_instances:
        numbers = slices_beside(comparison.columns[0], asked)
        beside = f"?slices={','.join(str(number + 1) for number in numbers)}"
    links: list[Component] = []
    for form in ("csv", "json", "html"):
        words = attributes(aria_label=f"Download the whole table as {form.upper()}")
        address = f"/volumes/{keys[0]}/comparison.{form}{beside}"
        links.append(html.A(form.upper(), href=address, className="tag-file", download="", **words))
    return links


def vendor(comparison: Comparison) -> list[Component]:
    """The same protocol at another vendor, a line for each term; nothing where no term is known."""
    series = comparison.columns[:1] if comparison.of_instances else comparison.columns
    told = [(column.label, protocol_lines(column.table)) for column in series]
    if not any(lines for _, lines in told):
        return []
    parts: list[Component] = []
    for label, lines in told:
        if len(told) > 1 and lines:
            parts.append(html.H3(label))
        parts += [html.P(line) for line in lines]
    first = next(lines[0] for _, lines in told if lines)
    head = html.Summary([html.Span("Same protocol at another vendor: ", className="quiet"), first])
    return [html.Details([head, *parts], className="tag-vendor")]


def _rows(services: Services, comparison: Comparison, asked: Asked, lines: Sequence[ShownRow]) -> list[Row]:
    """The rows of the grid; their ids change with the columns, so that their heights are measured anew."""
    if len(comparison.columns) == 1:
        instance = instance_shown(comparison.columns[0], asked.keys[0], asked.where)
        rows = [series_row(line, instance, services.config.limits.cell_chars) for line in lines]
    else:
        rows = [
            compared_row(line, _first(comparison, line.row), _others(comparison, asked, line.row)) for line in lines
        ]
    prefix = "".join(key[:6] for key in asked.keys) + (" slices" if comparison.of_instances else "")
    return [{**row, "row": row["id"], "id": f"{prefix} {row['id']}"} for row in rows]


def _first(comparison: Comparison, row: ComparedRow) -> int | None:
    """The first slice of the open series at which any other differs, as the views count."""
    column = comparison.columns[0]
    found = [first_difference(row, 0, other) for other in range(1, len(row.cells))]
    places = [one for one in found if one is not None and one < column.table.instances]
    return shown_place(column.meta, column.table.slice_of(min(places))[0]) if places else None


def _others(comparison: Comparison, asked: Asked, row: ComparedRow) -> dict[str, int]:
    """By stack, the slice of each other series that is held against `_first`'s, as the views count."""
    found = [first_difference(row, 0, other) for other in range(1, len(row.cells))]
    places = [one for one in found if one is not None]
    if not places or comparison.of_instances:
        return {}
    beside = zip(asked.keys[1:], comparison.columns[1:], strict=True)
    first = min(places)
    return {
        key: shown_place(column.meta, column.table.slice_of(first)[0])
        for key, column in beside
        if first < column.table.instances
    }


def _columns(comparison: Comparison, asked: Asked) -> list[ColumnDef]:
    """The columns under their names."""
    if len(comparison.columns) > 1:
        return columns([column.label for column in comparison.columns])
    (column,) = comparison.columns
    if column.table.instances == 1:
        return columns(["Value"])
    return columns([slice_label(column, *slice_shown(column, asked.keys[0], asked.where))], within=True)


def _computed(comparison: Comparison, view: View, query: Query) -> list[ShownRow]:
    """The computed rows that fit the query; they belong to geometry and acquisition, and to no group."""
    wanted = query.topics - {Topic.DIFFERS}
    if query.group or (wanted and not wanted & _COMPUTED_TOPICS):
        return []
    found = {row.path for row in matching(comparison.computed, Query(query.words, query.regex))}
    differs = Topic.DIFFERS in query.topics
    return [line for line in view.computed if line.row.path in found and (line.row.differs or not differs)]


def _note(view: View) -> str:
    """What is not on show, and why."""
    told = []
    if view.found > len(view.rows):
        told.append(f"The first {len(view.rows)} of {view.found} are shown; search to see others.")
    if view.left_out:
        told.append(f"{view.left_out} elements were too many to keep.")
    if not view.found:
        told.append("Nothing here is called that.")
    return " ".join(told)


def _class(comparison: Comparison) -> str:
    """Names by which the page is laid out."""
    one = comparison.columns[0].table.instances == 1
    kind = "of-slices" if comparison.of_instances else "of-series"
    return f"tag-panel {kind} columns-{len(comparison.columns)}{' is-single' if one else ''}"

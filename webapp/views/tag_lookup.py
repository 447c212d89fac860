"""Look-up: any element of the standard, UID or maker's term, offline, and which of the open library carry it.

::

    words ── found ──> entries
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import dash_mantine_components as dmc
from dash import Dash, Input, Output, html
from dash.development.base_component import Component

from webapp.compare.view import Column
from webapp.dicom.dictionary import Entry, UidEntry, look_up
from webapp.dicom.vendor_terms.lists import Grade, Term
from webapp.dicom.vendor_terms.translate import meanings_of_term, others
from webapp.services import Services
from webapp.views import ids
from webapp.views.browser import attributes
from webapp.views.tag_columns import column_of
from webapp.views.tag_detail import standard_links
from webapp.views.tag_rows import with_unit

HINT: Final = (
    "Any element of the DICOM standard by number, keyword or name; private ones by creator; UIDs; makers' terms."
)
#: Entries that are shown, entries of which the series are looked through, and series that are.
_SHOWN, _SEARCHED, _SERIES = 40, 3, 24
#: Characters of a value and of what is asked.
_VALUE_CHARS, _ASKED_CHARS = 60, 200


def layout() -> Component:
    """The box and the place below it."""
    box = dmc.TextInput(
        id=ids.TAG_WORDS,
        placeholder="Slice thickness, 0018,0088, 1.2.840.10008.1.2.1, VIBE",
        debounce=250,
        **attributes(aria_label="Look up"),
    )
    found = html.Div(html.P(HINT), id=ids.TAG_FOUND, className="tag-found", **attributes(aria_live="polite"))
    return html.Div([box, found], className="tag-lookup")


def register(app: Dash, services: Services) -> None:
    """Wire the box."""

    @app.callback(Output(ids.TAG_FOUND, "children"), Input(ids.TAG_WORDS, "value"), prevent_initial_call=True)
    def find(words: str | None) -> list[Component]:
        """What the dictionary knows."""
        return found(services, words)


def found(services: Services, words: object) -> list[Component]:
    """The entries for some words, the best first.

    Parameters
    ----------
    services : Services
    words : object
        What a browser sent.
    """
    asked = words.strip()[:_ASKED_CHARS] if isinstance(words, str) else ""
    if not asked:
        return [html.P(HINT)]
    known, terms = look_up(asked), meanings_of_term(asked)
    entries = known.elements[:_SHOWN]
    columns = _library(services) if entries and any(not entry.creator for entry in entries[:_SEARCHED]) else []
    items = [
        *_terms(terms),
        *map(_uid, known.uids[:_SHOWN]),
        *(_element(entry, columns if place < _SEARCHED else None) for place, entry in enumerate(entries)),
    ]
    if not items:
        return [html.P("Nothing in the dictionary is called that.")]
    more = len(known.elements) + len(known.uids) + known.more - len(entries) - len(known.uids[:_SHOWN])
    return [html.Ul(items), *([html.P(f"{more} more; say more words.")] if more else [])]


def _library(services: Services) -> list[Column]:
    """The series that are looked through."""
    cards = services.catalogue.library(services.owner())
    return [column_of(services, card.key) for card in cards[:_SERIES]]


def _element(entry: Entry, columns: Sequence[Column] | None) -> Component:
    """An element: what it is, where more is told, and who carries it."""
    facts = [entry.name, entry.vr, f"VM {entry.vm}", entry.unit, f"private, {entry.creator}" if entry.creator else ""]
    number = html.Button(f"({entry.tag})", className="tag", title="Show in the tags", **attributes(data_tag=entry.tag))
    retired = [html.Span(" retired", className="tag-retired")] if entry.retired else []
    head = html.P([number, " ", html.B(entry.keyword or entry.name), *retired])
    facts_line = html.P(" · ".join(filter(None, facts)), className="quiet")
    carried = [] if columns is None or entry.creator else [_carried(entry, columns)]
    return html.Li([head, facts_line, *standard_links(entry.standard, entry.browser), *carried])


def _carried(entry: Entry, columns: Sequence[Column]) -> Component:
    """Which series carry it, with their value."""
    told = [(column.label, row) for column in columns if (row := column.table.find(entry.tag)) is not None]
    if not told:
        return html.P(f"None of {len(columns)} series carries it.", className="quiet")
    head = html.Summary(f"{len(told)} of {len(columns)} series carry it")
    lines = [html.Li(f"{label}: {with_unit(row.value[:_VALUE_CHARS], row.unit) or 'empty'}") for label, row in told]
    return html.Details([head, html.Ul(lines)], open=len(told) <= 4)


def _uid(entry: UidEntry) -> Component:
    """A UID."""
    retired = [html.Span(" retired", className="tag-retired")] if entry.retired else []
    head = html.P([html.B(entry.name), *retired])
    return html.Li(
        [head, html.P(f"{entry.kind} · {entry.uid}", className="quiet"), *standard_links(entry.standard, "")]
    )


def _terms(terms: Sequence[Term]) -> list[Component]:
    """Makers' terms, those alike in one item; a term that is nothing but its own meaning tells nothing."""
    alike: dict[tuple[str, str], list[Term]] = {}
    for term in terms:
        alike.setdefault((term.term, term.concept), []).append(term)
    return [_term(group) for (name, concept), group in alike.items() if name.casefold() != concept.casefold()]


def _term(alike: Sequence[Term]) -> Component:
    """One term, and who says it."""
    term = alike[0]
    makers = ", ".join(f"{one.maker} (inferred)" if one.grade is Grade.INFERRED else one.maker for one in alike)
    head = html.P([html.B(term.term), f" · {makers}, {term.kind}"])
    said = {one.maker for one in alike}
    elsewhere = "; ".join(f"{names} at {maker}" for maker, names in others(term).items() if maker not in said)
    return html.Li([head, html.P(f"{term.concept}{f': {elsewhere}' if elsewhere else ''}.", className="quiet")])

"""One element along the slices, as a row of marks that lead to their slices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, Final

from dash import html
from dash.development.base_component import Component

from webapp.compare.view import Column
from webapp.dicom.tag_row import TagRow
from webapp.dicom.tag_variation import numbers_of
from webapp.imaging.plane import PICTURE, Plane
from webapp.stackwords import shown_place
from webapp.views.browser import attributes

#: Marks of one drawing; more slices share one.
_MOST_MARKS: Final = 240
#: Different texts that get a height of their own.
_MOST_TEXTS: Final = 50
#: Characters of a value in a mark's title.
_TITLE_CHARS: Final = 60


@dataclass(frozen=True, slots=True)
class Mark:
    """Slices that share one mark.

    Parameters
    ----------
    first, last : int
        As the views count, from 0.
    low, high : float or None
        Heights of the lowest and highest value in shares of the drawing; None where there is no value.
    words : str
    """

    first: int
    last: int
    low: float | None
    high: float | None
    words: str


def marks_of(values: Sequence[str | None], vr: str, unit: str) -> list[Mark]:
    """The marks of a drawing.

    Parameters
    ----------
    values : sequence of (str or None)
        One a slice, in the order of the views; None where the element is absent.
    vr, unit : str
    """
    heights = _heights(values, vr)
    share = max(1, ceil(len(values) / _MOST_MARKS))
    return [
        _mark(values, heights, first, min(first + share, len(values)), unit) for first in range(0, len(values), share)
    ]


def plot(column: Column, row: TagRow, time: int, shown: int | None) -> list[Component]:
    """An element along the slices of one volume; a click on a mark goes to its slice.

    Parameters
    ----------
    column : Column
        Of the open series.
    row : TagRow
        Of its table.
    time : int
        Which volume.
    shown : int or None
        The slice on show, as the views count, from 0.

    Returns
    -------
    list of Component
        Empty where the element does not vary or its values were not kept.
    """
    if row.column is None or not row.column.at or len(column.table.places[0]) < 2:
        return []
    kept = column.table.along(row, min(time, len(column.table.places) - 1))
    values = kept[::-1] if shown_place(column.meta, 0) else kept
    marks = marks_of(values, row.vr, row.unit)
    plane = _plane(column.meta["slice_axis"])
    bars = [_bar(mark, len(values), plane, shown) for mark in marks]
    ends = [html.Span("slice 1"), html.Span(row.column.words, className="tag-plot-words"), html.Span(str(len(values)))]
    words = attributes(aria_label=f"{row.name} along the slices: {row.column.variation}, {row.column.words}")
    frame = html.Div(bars, className="tag-plot-frame", role="group", **words)
    return [html.Div([frame, html.Div(ends, className="tag-plot-ends")], className="tag-plot")]


def _heights(values: Sequence[str | None], vr: str) -> list[float | None]:
    """How high each value stands: numbers to scale by their first number, texts one above the other."""
    numbers = [None if value is None else numbers_of(value, vr) for value in values]
    if all(number is not None for number, value in zip(numbers, values, strict=True) if value):
        return _scaled([None if number is None else number[0] for number in numbers])
    order = {value: place for place, value in enumerate(dict.fromkeys(value for value in values if value is not None))}
    return _scaled([None if value is None else float(order[value] % _MOST_TEXTS) for value in values])


def _scaled(numbers: Sequence[float | None]) -> list[float | None]:
    """Numbers as shares between the lowest and the highest."""
    known = [number for number in numbers if number is not None]
    low, span = min(known, default=0.0), max(known, default=0.0) - min(known, default=0.0)
    return [None if number is None else (number - low) / span if span else 0.5 for number in numbers]


def _mark(values: Sequence[str | None], heights: Sequence[float | None], first: int, end: int, unit: str) -> Mark:
    """The mark of some neighbouring slices."""
    here = [height for height in heights[first:end] if height is not None]
    told = values[first]
    value = "not recorded" if told is None else f"{told[:_TITLE_CHARS] or 'empty'}{f' {unit}' if unit and told else ''}"
    name = f"slice {first + 1}" if end == first + 1 else f"slices {first + 1} to {end}, from"
    return Mark(first, end - 1, min(here, default=None), max(here, default=None), f"{name}: {value}")


def _bar(mark: Mark, count: int, plane: str, shown: int | None) -> Component:
    """One mark on its bar."""
    place = {"left": f"{100 * mark.first / count:.3f}%", "width": f"{100 * (mark.last + 1 - mark.first) / count:.3f}%"}
    where = attributes(data_plane=plane, data_first=str(mark.first), data_last=str(mark.last))
    here = " is-shown" if shown is not None and mark.first <= shown <= mark.last else ""
    dot = [] if mark.low is None or mark.high is None else [html.Span(className="tag-plot-dot", style=_span(mark))]
    name = f"tag-plot-bar{here}"
    return html.Button(dot, className=name, style=place, title=mark.words, **where, **attributes(aria_label=mark.words))


def _span(mark: Mark) -> dict[str, Any]:
    """Where the dot stands and how high it is."""
    low, high = mark.low or 0.0, mark.high or 0.0
    return {"bottom": f"{88 * low:.1f}%", "height": f"{12 + 88 * (high - low):.1f}%"}


def _plane(axis: int | None) -> str:
    """The view in which the slices were acquired."""
    return PICTURE if axis is None else next(str(plane) for plane in Plane if plane.axis == axis)

"""The series whose tags stand side by side: which are offered, which a link names, and what may be read of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from webapp.access import access
from webapp.compare.search import Query
from webapp.compare.view import MOST_COLUMNS, Column, Comparison, instance_columns
from webapp.dicom.technical import technical_rows
from webapp.services import Services, tag_column
from webapp.stackwords import shown_place
from webapp.store.model import Card
from webapp.views.state import ViewState, key_of, scene_key


@dataclass(frozen=True, slots=True)
class Asked:
    """What the panel asks for, as far as it can be understood.

    Parameters
    ----------
    keys : sequence of str
        Stacks in the order of their columns, the open one first.
    query : Query
    where : object
        The slice that the viewer shows, as the browser sends it.
    guest : bool
        Whether only what a guest may read is shown, and nothing can be taken away.
    against : int or None
        A slice of the only stack that is held against the one on show, from 1 as the views count.
    """

    keys: Sequence[str]
    query: Query = field(default_factory=Query)
    where: object = None
    guest: bool = False
    against: int | None = None


class Boxes(NamedTuple):
    """What the panel's boxes hold, in the order of the callback's outputs."""

    choices: list[dict[str, str]]
    compared: list[str]
    topics: list[str]
    group: str
    against: int | str
    words: str


def is_guest(scene: Mapping[str, Any] | None) -> bool:
    """Whether the open series is seen as somebody who came by a link sees it."""
    return bool((scene or {}).get("guest"))


def offered(services: Services, scene: dict[str, Any] | None) -> list[dict[str, str]]:
    """The series to compare the open one with; a guest has no others."""
    return [] if is_guest(scene) else choices(services.catalogue.library(services.owner()), scene_key(scene))


def column_of(services: Services, key: str, *, technical: bool = False) -> Column:
    """One series as a column; every row that the page shows of a key comes from here.

    Parameters
    ----------
    services : Services
    key : str
        Sent by a browser, so it is looked up in the name of who asks.
    technical : bool
        Only what a guest may read; a guest is never given more, whatever this says.

    Raises
    ------
    UnknownKey
        The series is not there, or not this owner's.
    """
    guest = access(services, key).is_guest or technical
    column = tag_column(services.volumes.folder(key), services.volumes.open(key).meta)
    if not guest:
        return column
    technical_table = replace(column.table, rows=tuple(technical_rows(column.table.rows)))
    return replace(column, label=str(column.meta["series"]["modality"]), table=technical_table)


def comparison_of(services: Services, asked: Asked) -> Comparison:
    """Series side by side, the first as the reference; or the slice on show of one series beside another slice of it.

    Raises
    ------
    UnknownKey
    """
    series = tuple(column_of(services, key, technical=asked.guest) for key in asked.keys)
    if len(series) > 1 or asked.against is None or series[0].table.instances == 1:
        return Comparison(series)
    *indices, time = slices_beside(series[0], asked)
    return Comparison(instance_columns(series[0], indices, time))


def slices_beside(column: Column, asked: Asked) -> tuple[int, int, int]:
    """The slice on show and the one held against it, as the views count, and their point in time.

    Parameters
    ----------
    column : Column
        Of the open series.
    asked : Asked
        With a slice to hold against it; beyond the last one that is the last.
    """
    index, time = slice_shown(column, asked.keys[0], asked.where)
    return index, min(asked.against or 1, len(column.table.places[0])) - 1, time


def keys_of(scene: dict[str, Any] | None, others: object) -> list[str]:
    """The stacks of the table: the open one, then those compared with it, each once, as many as fit."""
    key = scene_key(scene)
    sent = others if isinstance(others, list) else [others]
    known = (key_of(one) for one in sent)
    return [] if key is None else list(dict.fromkeys(filter(None, [key, *known])))[:MOST_COLUMNS]


def choices(cards: Sequence[Card], key: str | None) -> list[dict[str, str]]:
    """The series to compare with: all of the owner's and the samples, without the open one."""
    return [{"value": card.key, "label": label(card)} for card in cards if key and card.key != key]


def linked(cards: Sequence[Card], key: str | None, search: str | None) -> list[str]:
    """The series a link compares with, as far as they are still there."""
    offered = {choice["value"] for choice in choices(cards, key)}
    return [one for one in ViewState.from_query(search).compared if one in offered]


def restored(cards: Sequence[Card], key: str | None, search: str | None) -> Boxes:
    """What the panel's boxes hold when a series is opened: what its address says."""
    state = ViewState.from_query(search)
    return Boxes(
        choices(cards, key),
        linked(cards, key, search),
        list(state.topics),
        state.group,
        state.against or "",
        state.words,
    )


def label(card: Card) -> str:
    """What a series is called where it is chosen: ``MR · ACME · Abdomen · 512×512×275``."""
    size = "×".join(str(n) for n in reversed(card.shape_kji)) if card.shape_kji else f"{card.images} images"
    return " · ".join(filter(None, [card.modality, card.manufacturer, card.description or "no description", size]))


def slice_shown(column: Column, key: str, where: object) -> tuple[int, int]:
    """The slice that the viewer shows, as it counts, and its point in time; the middle one while it has not said.

    Parameters
    ----------
    column : Column
        Of the open series.
    key : str
    where : object
        ``{"key", "index", "time"}`` as ``assets/tags.js`` sends it; the index counts as the views do.
    """
    count = len(column.table.places[0])
    index, time = (count - 1) // 2, 0
    if isinstance(where, dict) and where.get("key") == key:
        index, time = (one if isinstance(one, int) else 0 for one in (where.get("index"), where.get("time")))
    return min(max(index, 0), count - 1), min(max(time, 0), len(column.table.places) - 1)


def instance_shown(column: Column, key: str, where: object) -> int:
    """The instance whose picture the viewer shows, as in `slice_shown`."""
    index, time = slice_shown(column, key, where)
    return column.table.instance_at(shown_place(column.meta, index), time)

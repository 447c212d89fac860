"""The series whose tags stand side by side: which are offered, which a link names, and what may be read of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from webapp.access import access
from webapp.compare.view import MOST_COLUMNS, Column, Comparison, label_of
from webapp.dicom.tag_table import TagTable
from webapp.dicom.technical import technical_rows
from webapp.services import Services
from webapp.stackwords import shown_place
from webapp.store.model import Card
from webapp.store.tags import read_table
from webapp.views.state import ViewState, key_of, scene_key


class Boxes(NamedTuple):
    """What the panel's boxes hold, in the order of the callback's outputs."""

    choices: list[dict[str, str]]
    compared: list[str]
    topics: list[str]
    group: str
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
    meta, table = services.volumes.open(key).meta, table_of(services, key)
    if guest:
        return Column(str(meta["series"]["modality"]), replace(table, rows=tuple(technical_rows(table.rows))), meta)
    return Column(label_of(meta), table, meta)


def table_of(services: Services, key: str) -> TagTable:
    """The tags kept beside a stack whose owner has been checked."""
    return read_table(services.volumes.folder(key))


def comparison_of(services: Services, keys: Sequence[str], *, technical: bool = False) -> Comparison:
    """Series side by side, the first as the reference.

    Raises
    ------
    UnknownKey
    """
    return Comparison(tuple(column_of(services, key, technical=technical) for key in keys))


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
    return Boxes(choices(cards, key), linked(cards, key, search), list(state.topics), state.group, state.words)


def label(card: Card) -> str:
    """What a series is called where it is chosen: ``MR · ACME · Abdomen · 512×512×275``."""
    size = "×".join(str(n) for n in reversed(card.shape_kji)) if card.shape_kji else f"{card.images} images"
    return " · ".join(filter(None, [card.modality, card.manufacturer, card.description or "no description", size]))


def instance_shown(column: Column, key: str, where: object) -> int:
    """The instance whose picture the viewer shows; the middle one while it has not said.

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
    return column.table.instance_at(shown_place(column.meta, min(max(index, 0), count - 1)), time)

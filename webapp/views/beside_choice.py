"""What may stand beside the open series, and whether both lie in one frame of reference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qs

from webapp.access import access
from webapp.errors import TruesliceError
from webapp.services import Services
from webapp.stackplaces import systems_of
from webapp.stackwords import count_words, name_words
from webapp.store.model import Card
from webapp.views.scene import scene
from webapp.views.state import key_of, scene_key
from webapp.views.tag_columns import is_guest, label

SAME_MM: Final = "Moves in the same millimetres."
BY_SHARE: Final = "Moves by share of the way: no common frame of reference."
BY_COUNT: Final = "Moves by share of the way: single pictures have no common millimetres."


def offered(services: Services, scene_: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """The series that can stand beside the open one, those of its study first; none for a guest.

    Parameters
    ----------
    services : Services
    scene_ : mapping or None
        The open stack, as `views.scene.scene` builds it.
    """
    key = scene_key(scene_)
    if key is None or is_guest(scene_):
        return []
    study = _study(services, key)
    others = [card for card in services.catalogue.library(services.owner()) if card.key != key]
    groups = {
        "Same study": [card for card in others if card.key in study],
        "Other studies": [card for card in others if card.key not in study],
    }
    return [{"group": name, "items": [_option(card) for card in cards]} for name, cards in groups.items() if cards]


def _option(card: Card) -> dict[str, str]:
    """A series of the list; stacks of one series are told apart by their names."""
    named = "" if card.label.isdigit() else card.label
    return {"value": card.key, "label": " · ".join(filter(None, [label(card), named]))}


def _study(services: Services, key: str) -> set[str]:
    """The other stacks of a stack's study."""
    return {card.key for card in services.catalogue.companions(services.owner(), key)}


def linked(groups: list[dict[str, Any]], search: str | None) -> str | None:
    """The series that a link puts beside the open one, if it is offered.

    Parameters
    ----------
    groups : list of dict
        As `offered` makes them.
    search : str or None
        The address' query string.
    """
    asked = asked_for(search)
    return asked if any(asked == item["value"] for group in groups for item in group["items"]) else None


def asked_for(search: str | None) -> str | None:
    """The key behind ``beside=`` of an address."""
    return key_of(parse_qs((search or "").removeprefix("?")).get("beside", [""])[0])


def second(services: Services, scene_: Mapping[str, Any] | None, chosen: object) -> tuple[dict[str, Any], str]:
    """The scene beside the open one, and the words to show when it cannot be had.

    Parameters
    ----------
    services : Services
    scene_ : mapping or None
        The open stack, as it comes back from a browser.
    chosen : object
        The key of the other.

    Returns
    -------
    dict
        As `views.scene.scene` builds it, with ``of``, the open stack's key, ``in_mm``, whether both lie in one frame of
        reference, ``words``, the sentence that says so, and ``name``; ``of`` alone where nothing stands beside.
    """
    of, key = scene_key(scene_), key_of(chosen)
    if of is None:
        return {}, ""
    if key is None or of == key or is_guest(scene_):
        return {"of": of}, ""
    try:
        here, there = access(services, of), access(services, key)
        if here.is_guest or there.is_guest:
            return {"of": of}, ""
        services.catalogue.touch(key)
        metas = services.volumes.open(of).meta, services.volumes.open(key).meta
    except TruesliceError as refusal:
        return {"of": of}, str(refusal)
    words = how(*metas, same_study=key in _study(services, of))
    named = " ".join(filter(None, [there.card.modality, name_words(there.card.description, there.card.label)]))
    count = count_words(metas[1]["kind"], metas[1]["shape_kji"], metas[1]["slice_axis"])
    moves = {"of": of, "in_mm": words == SAME_MM, "words": words, "name": f"{named} · {count}"}
    return {**scene(there.card, metas[1]), **moves}, ""


def how(here: Mapping[str, Any], there: Mapping[str, Any], *, same_study: bool) -> str:
    """The sentence that says how two stacks move along.

    Parameters
    ----------
    here, there : mapping
        Their ``meta.json``.
    same_study : bool
        Whether they are of one study of one patient: a frame of reference that two studies name is not believed.
    """
    if here["kind"] != "volume" or there["kind"] != "volume":
        return BY_COUNT
    return SAME_MM if same_study and systems_of(here) & systems_of(there) else BY_SHARE

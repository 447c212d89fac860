"""Who may look at a stack, and who may take it away."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from webapp.access import access, asker, own
from webapp.errors import GuestMayNot, LinkDead, UnknownKey
from webapp.services import Services
from webapp.store.model import Asker, Share

KEY, OTHER = "1" * 32, "2" * 32
SHARE = Share("s", "ann", KEY, "", 0.0, 1.0, None, None)


class Rows:
    """Ann's two stacks, a link to one of them."""

    def __init__(self) -> None:
        self.used: list[str] = []

    def stack(self, owner: str, key: str) -> Any:
        if owner != "ann" or key not in (KEY, OTHER):
            raise UnknownKey
        return SimpleNamespace(key=key, mine=owner == "ann")

    def share_of(self, token: str) -> Share:
        if token != "live":
            raise LinkDead
        return SHARE

    def note_use(self, share: Share) -> None:
        self.used.append(share.id)


def browser(owner: str, *tokens: str) -> Services:
    return cast(Services, SimpleNamespace(owner=lambda: owner, tokens=lambda: tokens, catalogue=Rows()))


def test_the_owner_looks_and_takes_away() -> None:
    assert not access(browser("ann"), KEY).is_guest
    assert own(browser("ann"), KEY).key == KEY


def test_a_guest_sees_what_the_maker_of_the_link_sees_and_asks_in_the_links_own_name() -> None:
    services = browser("guest", "dead", "live")
    assert access(services, KEY).is_guest
    assert asker(services, KEY) == Asker("s", "ann")
    assert asker(browser("ann"), KEY) == Asker("ann")


def test_a_guest_takes_nothing_away() -> None:
    with pytest.raises(GuestMayNot):
        own(browser("guest", "live"), KEY)


@pytest.mark.parametrize(("tokens", "key"), [((), KEY), (("dead",), KEY), (("live",), OTHER), (("live",), "3" * 32)])
def test_a_guest_sees_the_one_stack_of_a_live_link_and_nothing_else(tokens: tuple[str, ...], key: str) -> None:
    with pytest.raises(UnknownKey):
        access(browser("guest", *tokens), key)


def test_an_owner_with_a_link_to_an_own_stack_stays_its_owner() -> None:
    assert own(browser("ann", "live"), KEY).key == KEY


def test_a_look_by_a_link_is_noted() -> None:
    services = browser("guest", "live")
    access(services, KEY)
    assert cast(Any, services.catalogue).used == ["s"]


def test_a_guest_of_a_sample_is_a_guest_as_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    services = browser("guest", "live")
    monkeypatch.setattr(services.catalogue, "stack", lambda _owner, key: SimpleNamespace(key=key, mine=False))
    assert access(services, KEY).is_guest

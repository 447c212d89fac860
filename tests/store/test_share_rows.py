"""Links: made by an owner, opened by whoever holds the token, dead when they are to be."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.store.staged import KEY, Clock
from webapp.errors import LinkDead, TooManyLinks, UnknownKey
from webapp.store.catalogue import Catalogue
from webapp.store.share_rows import Wish

HOUR = 3600.0


def wish(**changes: object) -> Wish:
    facts = {"owner": "ann", "key": KEY, "view": f"?stack={KEY}&at=1,2,3", "hours": 72.0, **changes}
    return Wish(**facts)  # type: ignore[arg-type]


def test_a_token_opens_the_stack_in_the_view_it_was_made_for(shelf: Catalogue) -> None:
    share, token = shelf.add_share(wish(), 20)
    assert shelf.share_of(token) == share
    assert (share.key, share.view) == (KEY, f"?stack={KEY}&at=1,2,3")


def test_a_token_is_256_random_bits_and_kept_nowhere(shelf: Catalogue, tmp_path: Path) -> None:
    _, token = shelf.add_share(wish(), 20)
    assert len(token) == 43
    shelf.tidy()
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("catalogue.sqlite*"))
    assert token.encode() not in stored


def test_a_link_opens_until_its_last_second(shelf: Catalogue, clock: Clock) -> None:
    _, token = shelf.add_share(wish(hours=1.0), 20)
    clock.now += HOUR - 1
    shelf.share_of(token)
    clock.now += 1
    with pytest.raises(LinkDead):
        shelf.share_of(token)


def test_a_link_that_was_withdrawn_is_as_dead_as_one_that_never_was(shelf: Catalogue) -> None:
    share, token = shelf.add_share(wish(), 20)
    shelf.revoke_share("ann", share.id)
    for dead in (token, "x" * 43):
        with pytest.raises(LinkDead):
            shelf.share_of(dead)


def test_nobody_else_can_withdraw_a_link(shelf: Catalogue) -> None:
    share, token = shelf.add_share(wish(), 20)
    for owner, name in (("bob", share.id), ("ann", "0" * 16), ("ann", "")):
        with pytest.raises(UnknownKey):
            shelf.revoke_share(owner, name)
    assert shelf.share_of(token) == share


def test_a_link_dies_with_its_series(shelf: Catalogue) -> None:
    _, token = shelf.add_share(wish(), 20)
    shelf.remove_series("ann", KEY)
    with pytest.raises(LinkDead):
        shelf.share_of(token)


def test_the_list_holds_the_live_links_of_one_owner_newest_first(shelf: Catalogue, clock: Clock) -> None:
    old, _ = shelf.add_share(wish(), 20)
    clock.now += 1
    gone, _ = shelf.add_share(wish(), 20)
    new, _ = shelf.add_share(wish(), 20)
    shelf.revoke_share("ann", gone.id)
    assert {share.id for share in shelf.shares_of("ann", KEY)} == {new.id, old.id}
    assert shelf.shares_of("ann", KEY)[-1] == old
    assert shelf.shares_of("bob", KEY) == []


def test_a_day_allows_so_many_links_and_the_next_one_again(shelf: Catalogue, clock: Clock) -> None:
    shelf.add_share(wish(), 1)
    with pytest.raises(TooManyLinks):
        shelf.add_share(wish(), 1)
    clock.now += 86_401
    shelf.add_share(wish(), 1)


def test_the_last_use_is_noted_once_a_minute(shelf: Catalogue, clock: Clock) -> None:
    share, token = shelf.add_share(wish(), 20)
    shelf.note_use(share)
    first = clock.now
    clock.now += 30
    for stale_or_fresh in (share, shelf.share_of(token)):
        shelf.note_use(stale_or_fresh)
    assert shelf.share_of(token).last_use == first
    clock.now += 31
    shelf.note_use(shelf.share_of(token))
    assert shelf.share_of(token).last_use == clock.now

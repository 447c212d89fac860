"""The share dialog: what it says, what it makes, and what it takes back."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any, cast

import pytest

from webapp.config import Config
from webapp.dicom.tag_row import TagRow
from webapp.errors import BadArgument, GuestMayNot, LinkDead, NotSupportedYet, UnknownKey
from webapp.services import Services
from webapp.store.model import Share
from webapp.store.share_rows import Wish
from webapp.views import sharing

KEY, OTHER = "1" * 32, "2" * 32
SCENE = {"key": KEY}
ROWS = [
    TagRow("0010,0010", "0010,0010", "PatientName", "Patient's Name", "PN", "DOE^JANE", 0, ""),
    TagRow("0018,0050", "0018,0050", "SliceThickness", "Slice Thickness", "DS", "5", 0, ""),
]


class Rows:
    """My stack, and what was asked of the catalogue."""

    def __init__(self) -> None:
        self.wishes: list[Wish] = []

    def stack(self, owner: str, key: str) -> Any:
        if (owner, key) not in (("me", KEY), ("ann", KEY)):
            raise UnknownKey
        return SimpleNamespace(key=key, mine=owner == "me")

    def add_share(self, wish: Wish, _most: int) -> tuple[Share, str]:
        self.wishes.append(wish)
        return Share("s", wish.owner, wish.key, wish.view, 0.0, 1.0, None, None), "token"

    def share_of(self, token: str) -> Share:
        if token != "live":
            raise LinkDead
        return Share("s", "ann", KEY, "", 0.0, 1.0, None, None)

    def note_use(self, _share: Share) -> None:
        pass

    def folder(self, _key: str) -> str:
        return "folder"


def browser(owner: str = "me", *tokens: str, **settings: Any) -> Services:
    rows = Rows()
    parts = {"owner": lambda: owner, "tokens": lambda: tokens, "catalogue": rows, "volumes": rows}
    return cast(Services, SimpleNamespace(config=Config(**settings), **parts))


def wishes(services: Services) -> list[Wish]:
    return cast(Rows, services.catalogue).wishes


def text_of(component: Any) -> str:
    return json.dumps(component, default=lambda one: one.to_plotly_json())


def test_a_link_holds_the_view_as_it_is_seen_now() -> None:
    services = browser()
    sharing.make(services, SCENE, "72", f"?stack={KEY}&at=1,2,3&wl=40,400&level=200")
    assert wishes(services) == [Wish("me", KEY, f"?stack={KEY}&at=1,2,3&wl=40,400&level=200", 72.0)]


def test_a_link_tells_nothing_of_another_series() -> None:
    services = browser()
    sharing.make(services, SCENE, "72", f"?stack={OTHER}&with={OTHER}&as=guest")
    assert wishes(services)[0].view == f"?stack={KEY}"


@pytest.mark.parametrize("hours", ["0", "1e9", "99999", None, 72, "nan"])
def test_no_link_lasts_longer_than_those_on_offer(hours: object) -> None:
    with pytest.raises(BadArgument):
        sharing.make(browser(), SCENE, hours, "")


def test_a_series_of_somebody_else_cannot_be_shared() -> None:
    with pytest.raises(UnknownKey):
        sharing.make(browser("bob"), SCENE, "72", "")


def test_a_guest_cannot_pass_the_series_on() -> None:
    with pytest.raises(GuestMayNot):
        sharing.make(browser("bob", "live"), SCENE, "72", "")


def test_a_host_may_forbid_links() -> None:
    with pytest.raises(NotSupportedYet):
        sharing.make(browser(share_hours_most=0), SCENE, "72", "")


def test_a_host_may_shorten_links() -> None:
    assert [one["label"] for one in sharing.lives(72)] == ["1 day", "3 days"]
    assert [one["label"] for one in sharing.lives(6)] == ["6 h"]


def test_the_maker_reads_beforehand_what_a_guest_will_see(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharing, "read_rows", lambda _folder: ROWS)
    said = text_of(sharing.words(browser(), KEY))
    assert "1 of its 2 tags" in said
    assert f"/?stack={KEY}&as=guest" in said


def test_a_live_link_says_how_long_it_opens_and_when_it_was_used() -> None:
    share = Share("s", "me", KEY, "", 0.0, 3 * 86_400.0, None, 3600.0)
    said = text_of(sharing.links([share], 7200.0))
    assert "opens for 3 more days" in said
    assert "last used 1\\u202fh ago" in said

"""Who may look at a stack: its owner, everybody at a sample, and a guest who came by a live link to it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from webapp.errors import GuestMayNot, LinkDead, UnknownKey
from webapp.services import Services
from webapp.store.model import Asker, Card, Share


@dataclass(frozen=True, slots=True)
class Access:
    """A stack that the asking browser may look at.

    Parameters
    ----------
    card : Card
        As its owner, or the maker of the link, sees it.
    share : Share or None
        The link by which a guest came; None for an owner and for samples.
    """

    card: Card
    share: Share | None = None

    @property
    def is_guest(self) -> bool:
        """Whether only looking is allowed."""
        return self.share is not None

    @property
    def owner(self) -> str | None:
        """Whose eyes the stack is seen with; None for the asking owner's own."""
        return None if self.share is None else self.share.owner


def access(services: Services, key: str) -> Access:
    """What the asking browser may do with a stack.

    Parameters
    ----------
    services : Services
    key : str

    Raises
    ------
    UnknownKey
        There is no such stack, or it is somebody else's and no live link of this browser opens it.
    """
    card = _seen(services, key)
    if card is not None and card.mine:
        return Access(card)
    share = _share(services, key)
    if share is not None:
        services.catalogue.note_use(share)
        return Access(services.catalogue.stack(share.owner, key), share)
    if card is None:
        raise UnknownKey
    return Access(card)


def own(services: Services, key: str) -> Card:
    """A stack of which the asking browser may also take things away.

    Raises
    ------
    UnknownKey
    GuestMayNot
        It came by a link.
    """
    found = access(services, key)
    if found.is_guest:
        raise GuestMayNot
    return found.card


def asker(services: Services, key: str) -> Asker:
    """In whose name the asking browser has something made of a stack: its own owner's, or that of the link it came by.

    Raises
    ------
    UnknownKey
    """
    share = access(services, key).share
    return Asker(services.owner()) if share is None else Asker(share.id, share.owner)


def _seen(services: Services, key: str) -> Card | None:
    """A stack that is the asking browser's own, or a sample."""
    try:
        return services.catalogue.stack(services.owner(), key)
    except UnknownKey:
        return None


def _share(services: Services, key: str) -> Share | None:
    """The live link of this browser to a stack."""
    for token in services.tokens():
        with suppress(LinkDead):
            share = services.catalogue.share_of(token)
            if share.key == key:
                return share
    return None

"""The rows of shares: links that let somebody else look at one stack for a while."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, insert, or_, select, update

from webapp.errors import LinkDead, TooManyLinks, UnknownKey
from webapp.store import tables
from webapp.store.database import Database
from webapp.store.model import Share
from webapp.store.upload_rows import add_owner

#: Random bits of a token.
TOKEN_BITS = 256
#: A use is noted at most this often, s: a guest who scrolls asks many times.
USE_SECONDS = 60.0
DAY_SECONDS = 86_400.0

_share = tables.share.c


@dataclass(frozen=True, slots=True)
class Wish:
    """A wish for a link.

    Parameters
    ----------
    owner : str
    key : str
        A stack that the owner may look at; the caller has asked.
    view : str
        Query string of the view it opens in.
    hours : float
        How long it opens.
    """

    owner: str
    key: str
    view: str
    hours: float


class ShareRows(Database):
    """Shares: made and taken back by an owner, looked up by whoever holds the token."""

    def add_share(self, wish: Wish, most_a_day: int) -> tuple[Share, str]:
        """Make a link.

        Parameters
        ----------
        wish : Wish
        most_a_day : int
            Links one owner may make in a day.

        Returns
        -------
        Share
        str
            The token, 256 random bits as text for an address. It is kept nowhere: this is the only time it is told.

        Raises
        ------
        TooManyLinks
        """
        token, now = secrets.token_urlsafe(TOKEN_BITS // 8), self._clock()
        share = Share(secrets.token_hex(8), wish.owner, wish.key, wish.view, now, now + wish.hours * 3600, None, None)
        today = select(func.count()).where(_share.owner == wish.owner, _share.created > now - DAY_SECONDS)
        with self._writing() as connection:
            if int(connection.execute(today).scalar_one()) >= most_a_day:
                raise TooManyLinks
            add_owner(connection, wish.owner, now)
            connection.execute(insert(tables.share).values(token_hash=hash_of(token), **_columns(share)))
        return share, token

    def share_of(self, token: str) -> Share:
        """The live share that a token opens.

        Raises
        ------
        LinkDead
            It is unknown, expired or revoked.
        """
        query = select(tables.share).where(_share.token_hash == hash_of(token))
        with self._reading() as connection:
            row = connection.execute(query).first()
        share = None if row is None else _value(row)
        if share is None or not share.is_live(self._clock()):
            raise LinkDead
        return share

    def shares_of(self, owner: str, key: str) -> list[Share]:
        """An owner's live links to one stack, newest first."""
        now = self._clock()
        query = select(tables.share).where(_share.owner == owner, _share.stack == key)
        query = query.where(_share.revoked.is_(None), _share.expires > now).order_by(_share.created.desc(), _share.id)
        with self._reading() as connection:
            return [_value(row) for row in connection.execute(query)]

    def revoke_share(self, owner: str, share: str) -> None:
        """Take a link back, at once and for every worker; one that is dead already stays so.

        Raises
        ------
        UnknownKey
            There is no such link of this owner.
        """
        mine = [_share.owner == owner, _share.id == share, _share.id != ""]
        with self._writing() as connection:
            if not connection.execute(update(tables.share).where(*mine).values(revoked=self._clock())).rowcount:
                raise UnknownKey

    def note_use(self, share: Share) -> None:
        """Note that somebody is looking by a link now.

        Parameters
        ----------
        share : Share
            As it was just read.
        """
        now = self._clock()
        if share.last_use is None or share.last_use < now - USE_SECONDS:
            old = [_share.id == share.id, or_(_share.last_use.is_(None), _share.last_use < now - USE_SECONDS)]
            with self._writing() as connection:
                connection.execute(update(tables.share).where(*old).values(last_use=now))


def hash_of(token: str) -> str:
    """What the catalogue keeps of a token: of 256 random bits a plain hash tells nothing."""
    return hashlib.sha256(token.encode()).hexdigest()


def _columns(share: Share) -> dict[str, Any]:
    """A share as the columns of its row."""
    return {
        "id": share.id,
        "owner": share.owner,
        "stack": share.key,
        "view": share.view,
        "created": share.created,
        "expires": share.expires,
    }


def _value(row: Row[*tuple[Any, ...]]) -> Share:
    """A row as a value."""
    return Share(row.id, row.owner, row.stack, row.view, row.created, row.expires, row.revoked, row.last_use)

"""Whether one more upload may begin: its size, the room on the disk, the owner's share of it and other uploads."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

from webapp.config import GIB, MIB
from webapp.errors import EmptyArchive, NoSpaceLeft, QuotaReached, UnknownKey, UploadTooBig
from webapp.routes.parts import Parts
from webapp.services import Services

#: Free bytes for each announced one: the upload and what is made of it.
ROOM = 2
#: Since when nothing must have come for an upload to count as abandoned, s; less when nothing ever came.
IDLE_SECONDS = 3600.0
EMPTY_IDLE_SECONDS = 60.0


def check(services: Services, owner: str, length: int) -> None:
    """Refuse an upload that is nothing, too large, or has no room on the disk or in its owner's share.

    Parameters
    ----------
    services : Services
    owner : str
    length : int
        Announced, bytes; a negative one is left to the protocol.

    Raises
    ------
    EmptyArchive, UploadTooBig, NoSpaceLeft, QuotaReached
    """
    if length == 0:
        raise EmptyArchive
    if length > services.config.limits.upload_bytes:
        raise UploadTooBig
    if length > 0 and shutil.disk_usage(services.config.data).free < ROOM * length + services.config.spare_mib * MIB:
        raise NoSpaceLeft
    quota = services.config.quota_gib * GIB
    if quota > 0 and kept_bytes(services, owner) + length > quota:
        raise QuotaReached


def kept_bytes(services: Services, owner: str) -> int:
    """Bytes of the disk that are an owner's: uploads, also those on their way as announced, and what was made of them.

    Parameters
    ----------
    services : Services
    owner : str
    """
    made = sum(services.volumes.size(key) for key in services.catalogue.keys_of_owner(owner))
    return made + services.catalogue.upload_bytes(owner)


def is_full(services: Services, owner: str) -> bool:
    """Whether an owner has as many unfinished uploads as one may have."""
    return services.catalogue.unfinished_uploads(owner) >= services.config.limits.uploads_at_once


def abandoned(services: Services, parts: Parts, owner: str) -> Iterator[str]:
    """The owner's unfinished uploads for which nobody has sent anything for long.

    Parameters
    ----------
    services : Services
    parts : Parts
    owner : str
    """
    for upload_id in parts.ids():
        begun = services.originals.size(upload_id) > 0
        idle = parts.idle_seconds(upload_id) > (IDLE_SECONDS if begun else EMPTY_IDLE_SECONDS)
        if idle and _belongs(services, owner, upload_id):
            yield upload_id


def _belongs(services: Services, owner: str, upload_id: str) -> bool:
    """Whether an upload is this owner's."""
    try:
        return services.catalogue.upload_owner(upload_id) == owner
    except UnknownKey:
        return False

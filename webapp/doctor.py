"""Looks an instance over: whether catalogue, folders and hashes agree, and makes again what can be made again."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from webapp.config import Config
from webapp.errors import TruesliceError
from webapp.services import Services, open_services
from webapp.stackfiles import VOXELS, checksum
from webapp.store.model import EVERYONE, Origin
from webapp.store.proof import prove_voxels

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something that is not as it should be.

    Parameters
    ----------
    words : str
        What it is, by the instance's own ids.
    key : str
        The stack that is to be made again; empty where that does not help.
    """

    words: str
    key: str = ""


def doctor(config: Config, *, repair: bool) -> int:
    """Say what is wrong with an instance, and have what can be made again made again.

    Parameters
    ----------
    config : Config
    repair : bool
        Read damaged series again from their uploads (their links and measures are lost with them), make lost rows
        again, and take away what nobody knows. The services may run meanwhile.

    Returns
    -------
    int
        0 when all is well, or will be when the jobs are done; 1 when something is not.
    """
    os.umask(0o077)
    services = open_services(config, lambda: "")
    found = list(complaints(services))
    for complaint in found:
        print(complaint.words)
    left = [complaint for complaint in found if not (repair and complaint.key and _made_again(services, complaint.key))]
    if repair:
        services.jobs.put_right()
    count = len(services.volumes.keys())
    print(f"{count} stacks looked at, {len(found)} complaints, {len(found) - len(left)} to be read again.")
    services.jobs.stop(0.0)
    services.catalogue.close()
    return 1 if left else 0


def complaints(services: Services) -> Iterator[Complaint]:
    """Everything that is wrong with an instance.

    Parameters
    ----------
    services : Services
    """
    services.catalogue.check()
    origins = services.catalogue.origins()
    for key in sorted(origins):
        if words := _stack_words(services, key):
            yield Complaint(f"Stack {key}: {words}", key)
    for key in sorted(services.volumes.keys() - origins.keys()):
        yield Complaint(f"Stack {key}: its files are there, and no row of the catalogue.")
    yield from _uploads(services, origins)
    for path in _open_to_others(services.config.data):
        yield Complaint(f"{path.relative_to(services.config.data)}: others than the server's user may open it.")
    for words in services.jobs.trail.faults():
        yield Complaint(words)


def _stack_words(services: Services, key: str) -> str:
    """What is wrong with a stack of the catalogue; empty when nothing is."""
    folder = services.volumes.folder(key)
    if not folder.is_dir():
        return "its files are gone."
    try:
        meta = services.volumes.meta(key)
        prove_voxels(folder / VOXELS, meta)
        whole = checksum(folder / VOXELS)["crc32"] == meta["file"]["crc32"]
    except (TruesliceError, OSError, KeyError):
        return "its files are not whole."
    return "" if whole else "its voxels are not the ones that were written."


def _uploads(services: Services, origins: dict[str, Origin]) -> Iterator[Complaint]:
    """Uploads that are not what the catalogue says, or that it does not know."""
    sizes = {origin.upload: origin.upload_bytes for origin in origins.values() if origin.upload}
    for upload_id, size in sorted(sizes.items()):
        if services.originals.size(upload_id) != size:
            yield Complaint(f"Upload {upload_id}: its bytes are gone or cut short; its series can still be looked at.")
    for upload_id in sorted(services.originals.strays(services.catalogue.upload_ids(), 0.0)):
        yield Complaint(f"Upload {upload_id}: its bytes are there, and no row of the catalogue.")


def _open_to_others(data: Path) -> Iterator[Path]:
    """Files and folders that others may open."""
    for path in sorted(data.rglob("*")):
        if not path.is_symlink() and path.exists() and path.stat().st_mode & _OTHERS:
            yield path


def _made_again(services: Services, key: str) -> bool:
    """Have a damaged stack's series read again from its upload; False when the upload is not whole."""
    origin = services.catalogue.origins().get(key)
    if origin is None:
        return True
    if origin.owner == EVERYONE or services.originals.size(origin.upload) != origin.upload_bytes:
        return False
    upload = token_hex(16)
    services.originals.add(upload, services.originals.path(origin.upload))
    services.catalogue.begin_upload(origin.owner, upload, origin.upload_bytes)
    services.catalogue.received(upload)
    services.jobs.delete_series(origin.owner, key)
    services.jobs.ingest(origin.owner, upload)
    return True

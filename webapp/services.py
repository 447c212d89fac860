"""What the page and the routes are given: the instance's parts, and who is asking."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from webapp.compare.view import Column, label_of
from webapp.config import Config
from webapp.jobs import Jobs
from webapp.sandbox import Sandbox
from webapp.store.catalogue import Catalogue
from webapp.store.files import make_private
from webapp.store.originals import Originals
from webapp.store.tags import read_table
from webapp.store.volumes import Volumes


@dataclass(frozen=True, slots=True)
class Services:
    """The parts of one instance, handed down and never imported.

    Parameters
    ----------
    config : Config
    catalogue : Catalogue
    originals : Originals
    volumes : Volumes
    jobs : Jobs
    owner : callable
        Id of the owner of the request being served.
    tokens : callable, optional
        Tokens of the share links that the asking browser came by, newest first; none when left out.
    """

    config: Config
    catalogue: Catalogue
    originals: Originals
    volumes: Volumes
    jobs: Jobs
    owner: Callable[[], str]
    tokens: Callable[[], Sequence[str]] = tuple


def tag_column(folder: Path, meta: Mapping[str, Any]) -> Column:
    """All tags of a stack as a column; who may read them is not asked here.

    Parameters
    ----------
    folder : Path
        Of the stack.
    meta : mapping
        Its ``meta.json``.

    Raises
    ------
    VolumeDamaged
    """
    return Column(label_of(meta), read_table(folder), meta)


def open_services(config: Config, owner: Callable[[], str], tokens: Callable[[], Sequence[str]] = tuple) -> Services:
    """Open or make an instance's data folder, and put its parts together.

    Parameters
    ----------
    config : Config
    owner : callable
        Id of the owner of the request being served.
    tokens : callable, optional
        Tokens of the share links that the asking browser came by.

    Raises
    ------
    DiskDivided, QueueUnavailable
    """
    make_private(config.data)
    catalogue = Catalogue(config.catalogue)
    originals = Originals(config.data / "uploads")
    volumes = Volumes(config.data / "volumes")
    jobs = Jobs(config, catalogue, originals, volumes, Sandbox(config.limits))
    return Services(config, catalogue, originals, volumes, jobs, owner, tokens)

"""Rows and files kept in step: deletion, what a crash left behind, and what has had its time."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from webapp.errors import UnknownKey
from webapp.stackfiles import OVERLAY
from webapp.store.catalogue import Catalogue
from webapp.store.clocks import Steady, Twice, uptime
from webapp.store.files import remove_leftovers, remove_tree
from webapp.store.model import EVERYONE, JobState
from webapp.store.originals import Originals
from webapp.store.volumes import Volumes

#: A running job is given up after this long without a sign of life, s, where several machines share the queue.
SILENCE_SECONDS = 120.0
#: Finished jobs are shown this long, s.
JOB_SECONDS = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Terms:
    """How long things are kept.

    Parameters
    ----------
    keep_hours : float
        From the last view of a series to its deletion; 0: kept.
    upload_hours : float
        Until an unfinished upload is given up.
    sweep_seconds : float
        Between two sweeps.
    keep_hours_most : float
        From the upload of a series to its deletion, however often it is looked at; 0: kept.
    ticks : callable
        A clock nobody sets, s.
    grace_seconds : float
        What the catalogue does not know is left alone so long: it may be on its way there.
    """

    keep_hours: float
    upload_hours: float
    sweep_seconds: float
    keep_hours_most: float = 0.0
    ticks: Callable[[], float] = uptime
    grace_seconds: float = 60.0


class Upkeep:
    """Everything that takes files and rows away.

    A folder without a row is nobody's, unless it carries ``owner.json``, the sign that it had one: then the catalogue
    was lost and the row is made again. So a deletion takes the sign away first, then the rows, then the files; whatever
    moment it is interrupted at, the next sweep ends it and nothing comes back.
    """

    def __init__(
        self, catalogue: Catalogue, originals: Originals, volumes: Volumes, staging: Path, terms: Terms
    ) -> None:
        self._catalogue = catalogue
        self._originals = originals
        self._volumes = volumes
        self._staging = staging
        self._terms = terms
        self._clock = Steady(catalogue.now, terms.ticks)
        self._series = Twice(terms.sweep_seconds)
        self._uploads = Twice(terms.sweep_seconds)

    def delete_series(self, owner: str, key: str) -> list[str]:
        """Delete a series: its rows, volumes, thumbnails, meshes and tags at once.

        The original goes with the last series of its upload; until then the received archive still holds the
        pictures of the series that were deleted before.

        What is drawn over its pictures goes with the last pictures of their study.

        Returns
        -------
        list of str
            The series' stacks.

        Raises
        ------
        UnknownKey
            There is no such stack of this owner.
        """
        bare = self._left_bare(owner, key)
        removed = self._delete_one(owner, key)
        for overlay in bare:
            with suppress(UnknownKey):
                self._delete_one(owner, overlay)
        return removed

    def _left_bare(self, owner: str, key: str) -> list[str]:
        """What is drawn over pictures in a study of which no pictures are left without a series."""
        card = self._catalogue.stack(owner, key)
        others = [one for one in self._catalogue.companions(owner, key) if one.series_id != card.series_id]
        if card.kind == OVERLAY or any(one.kind != OVERLAY for one in others):
            return []
        return [one.key for one in others if one.owner == owner]

    def _delete_one(self, owner: str, key: str) -> list[str]:
        """Delete a series, and name its stacks."""
        for sibling in self._catalogue.series_keys(owner, key):
            self._volumes.unmark(sibling)
        removed = self._catalogue.remove_series(owner, key)
        for sibling in removed.keys:
            self._volumes.delete(sibling)
        if removed.upload:
            self._originals.delete(removed.upload)
        return list(removed.keys)

    def delete_upload(self, upload_id: str) -> None:
        """Delete an upload with every series that came of it."""
        owner = self._catalogue.upload_owner(upload_id)
        for key in self._catalogue.keys_of_upload(upload_id):
            with suppress(UnknownKey):
                self.delete_series(owner, key)
        self._catalogue.forget_upload(upload_id)
        self._originals.delete(upload_id)

    def recover(self, *, alone: bool) -> None:
        """Put everything right after a crash.

        Parameters
        ----------
        alone : bool
            No other process works on jobs: whatever was being worked on is nobody's now.
        """
        self._catalogue.revive(None if alone else self._catalogue.now() - SILENCE_SECONDS)
        self._sweep_files(0.0 if alone else self._terms.grace_seconds)

    def sweep(self) -> list[tuple[str, list[str]]]:
        """Take away what has had its time and what nobody knows.

        Returns
        -------
        list
            Owner and stacks of each series whose time was over.
        """
        for upload_id in self._uploads.confirm(self._stale_uploads()):
            self._catalogue.forget_upload(upload_id)
            self._originals.delete(upload_id)
        gone = self._expire()
        self._sweep_files(self._terms.grace_seconds)
        self._catalogue.forget_jobs(self._clock.now() - JOB_SECONDS)
        self._catalogue.tidy()
        return gone

    def _stale_uploads(self) -> list[str]:
        """Uploads that were not finished in time."""
        return self._catalogue.stale_uploads(self._clock.now() - self._terms.upload_hours * 3600)

    def _expire(self) -> list[tuple[str, list[str]]]:
        """Delete series that nobody has looked at for too long, or that have been here long enough."""
        viewed, created = self._before(self._terms.keep_hours), self._before(self._terms.keep_hours_most)
        expired = self._catalogue.expired(viewed, created)
        gone = []
        for series in self._series.confirm(expired):
            owner, key = expired[series]
            with suppress(UnknownKey):
                gone.append((owner, self.delete_series(owner, key)))
        return gone

    def _before(self, hours: float) -> float:
        """So many hours ago, s since 1970; before all time where there is no term."""
        return self._clock.now() - hours * 3600 if hours > 0 else float("-inf")

    def _sweep_files(self, grace: float) -> None:
        """Bring the folders in step with the catalogue."""
        self._sweep_staging()
        self._volumes.remove_leftovers()
        present, known = self._volumes.keys(), self._catalogue.origins()
        for key in known.keys() & present:
            if not self._volumes.is_marked(key):
                self._volumes.mark(key, known[key])
        unknown = present - known.keys()
        lost = {key for key in unknown if self._volumes.is_marked(key)}
        self._rebuild(sorted(lost))
        for key in unknown - lost:
            if self._volumes.age(key) >= grace:
                self._volumes.delete(key)
        for upload_id in self._originals.strays(self._catalogue.upload_ids(), self._terms.grace_seconds):
            self._originals.delete(upload_id)

    def _rebuild(self, keys: list[str]) -> None:
        """Make the rows again that a lost catalogue had; samples are read anew from their folder instead."""
        for record in self._volumes.records(keys):
            if record.origin.owner == EVERYONE:
                self._volumes.delete(record.key)
            else:
                self._catalogue.rebuild([record])

    def _sweep_staging(self) -> None:
        """Delete what jobs that run no more left in staging."""
        remove_leftovers(self._staging)
        leftovers = [entry for entry in self._staging.iterdir() if not entry.name.startswith(".")]
        running = set(self._catalogue.jobs_in(JobState.RUNNING))
        for folder in leftovers:
            if folder.name not in running:
                remove_tree(folder)

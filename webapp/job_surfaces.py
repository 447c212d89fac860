"""Surfaces asked for: for the screen or for a file, made once, and kept from whom they may not be shown to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from webapp.config import Config
from webapp.errors import BadArgument, NoSurfaceHere
from webapp.imaging.options import SurfaceOptions
from webapp.job_queue import JobQueue
from webapp.portrait import refuse_portrait
from webapp.stackfiles import OVERLAY
from webapp.store.catalogue import Catalogue
from webapp.store.model import EVERYONE, Asker, JobKind, JobOrder
from webapp.store.volumes import Volumes

#: Surfaces of one stack that are shown together.
SURFACES = 3


class SurfaceOrders:
    """The part of an instance's jobs that makes surfaces."""

    def __init__(self, config: Config, catalogue: Catalogue, volumes: Volumes, queue: JobQueue) -> None:
        self._config = config
        self._catalogue = catalogue
        self._volumes = volumes
        self._queue = queue

    def surface(self, asker: Asker, key: str, options: SurfaceOptions, place: int = 0) -> str:
        """Put down the making of a mesh for the screen; the asker's unfinished one for the same place is cancelled.

        Parameters
        ----------
        options : SurfaceOptions
            More triangles than the screen may have, or all, become as many as it may. When there is such a mesh, the
            job is done at once.
        place : int
            Which of the surfaces that are shown together, from 0.

        Returns
        -------
        str
            The job's id. Its result: ``artifact``, and what ``mesh.json`` holds.

        Raises
        ------
        UnknownKey
            There is no such stack, or it is somebody else's.
        BadArgument
            There is no such place.
        NoSurfaceHere
            It is no volume.
        FaceRefused
            It may show a face, and the host keeps those to whoever uploaded the series.
        TooManyJobs
            The asker's unfinished jobs have reached the limit.
        QueueUnavailable
            The queue does not answer; the job is put down and waits for it.
        """
        if place not in range(SURFACES):
            raise BadArgument(f"At most {SURFACES} surfaces are shown together.")
        most = self._config.limits.triangles
        fitting = replace(options, triangles=min(options.triangles or most, most))
        order = JobOrder(asker.name, JobKind.SURFACE, key, {}, newest_only=True, place=place)
        return self._make(asker, order, fitting, "mesh")

    def mesh_export(self, asker: Asker, key: str, options: SurfaceOptions) -> str:
        """Put down the making of a mesh for a file, at full resolution unless fewer triangles are asked for.

        The asker's unfinished one of the same stack is cancelled. Result and refusals are those of `surface`; the job
        fails with `MeshTooBig` where the file would pass the limit.
        """
        order = JobOrder(asker.name, JobKind.EXPORT, key, {}, newest_only=True)
        return self._make(asker, order, options, "export")

    def _make(self, asker: Asker, order: JobOrder, options: SurfaceOptions, kind: str) -> str:
        """Put down the making of a mesh, or find it made."""
        card = self._catalogue.stack(asker.sees_as, order.subject)
        if card.kind != ("volume" if options.region is None else OVERLAY):
            raise NoSurfaceHere
        if options.region is None and self._config.refuse_faces and card.owner not in (asker.name, EVERYONE):
            refuse_portrait(self._volumes.open(order.subject).meta, options.level)
        made = self._catalogue.made_with(order.subject, kind, options.as_json())
        result = {**made.facts, "artifact": made.id} if made else None
        return self._put(replace(order, parameters={"options": options.as_json()}), result)

    def _put(self, order: JobOrder, result: dict[str, Any] | None) -> str:
        """Put a job down and queue it, unless its result is there already."""
        job_id = self._catalogue.add_job(order, self._config.limits.jobs_waiting, result=result)
        if result is None:
            self._queue.put(job_id)
        return job_id

"""The sandbox's tasks: plain JSON in, files in the staging folder and plain JSON out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from webapp import stackfiles
from webapp.config import AuditThresholds, Limits
from webapp.dicom.voxels import Report
from webapp.errors import BadArgument, NoSurfaceHere, TaskOutOfMemory
from webapp.imaging.field import Field
from webapp.imaging.layers import FULL
from webapp.imaging.mesh import write_surface
from webapp.imaging.options import SurfaceOptions
from webapp.imaging.solid import solid_facts
from webapp.imaging.surface import Effort, isosurface
from webapp.reconstruct import Opening, open_input


def open_task(params: dict[str, Any], staging: Path, limits: Limits, report: Report) -> dict[str, Any]:
    """Open an upload into stacks.

    Parameters
    ----------
    params : dict
        ``source``: the upload's path; ``skip``: members to leave out; ``undecoded``: members whose header only is read;
        ``cores``; ``audit``: the thresholds that differ from their defaults; ``pick``: see `Opening`.
    staging : Path
    limits : Limits
    report : Report

    Returns
    -------
    dict
        ``files`` and ``stacks``: how many there were and how many came of them.
    """
    thresholds = AuditThresholds(**params.get("audit", {}))
    left_out = frozenset(params["skip"]), frozenset(params.get("undecoded", ()))
    pick = tuple(params.get("pick", ()))
    opening = Opening(staging, limits, report, *left_out, params["cores"], thresholds, pick)
    document = open_input(Path(params["source"]), opening)
    return {"files": document["input"]["files"], "stacks": sum(len(one["stacks"]) for one in document["series"])}


def surface_task(params: dict[str, Any], staging: Path, limits: Limits, report: Report) -> dict[str, Any]:
    """Make a surface of a kept volume, and check it.

    Parameters
    ----------
    params : dict
        ``volume``: the stack's folder; ``options``: as `SurfaceOptions.as_json` writes them; ``cores``.
    staging : Path
    limits : Limits
    report : Report

    Returns
    -------
    dict
        The facts that are also written as ``mesh.json``.

    Raises
    ------
    NoSurfaceHere, BadArgument, SurfaceError, TaskOutOfMemory
    """
    folder = Path(params["volume"])
    options = SurfaceOptions.from_json(params["options"])
    report.progress("reading", 0, 0)
    effort = Effort(params["cores"], limits.mesh_bytes, report.progress)
    try:
        surface = isosurface(_field(folder, options), options, effort)
        report.progress("checking", 0, 0)
        solid = solid_facts(surface.mesh.vertices, surface.mesh.faces)
    except MemoryError as error:
        raise TaskOutOfMemory(
            "This surface needed more memory than one job may use.", "Ask for fewer triangles, or for no smoothing."
        ) from error
    report.progress("writing", 0, 0)
    return write_surface(surface, solid, staging)


def _field(folder: Path, options: SurfaceOptions) -> Field:
    """The values of one time point of a kept volume, or the inside of one of its regions."""
    meta, time = stackfiles.read_meta(folder), options.time
    if (meta["kind"] == stackfiles.OVERLAY) != (options.region is not None):
        raise NoSurfaceHere
    if options.region is not None:
        return _region(meta, folder, options)
    if meta["kind"] != "volume":
        raise NoSurfaceHere
    if meta["colour"]:
        raise NoSurfaceHere("Colours have no level, so there is no surface.", "Open a series of single values.")
    if time >= meta["time_points"]:
        raise BadArgument("There is no such time point.", "Ask for one of those the series has.")
    return stackfiles.load_volume(folder).field(time)


def _region(meta: dict[str, Any], folder: Path, options: SurfaceOptions) -> Field:
    """One region as a field of which 0.5 is the border."""
    regions = [
        one for one in meta["overlay"]["regions"] if (one["layer"], one["value"]) == (options.time, options.region)
    ]
    if not regions:
        raise NoSurfaceHere("There is no such region.", "Ask for one of those in the list.")
    volume = stackfiles.volume_of(meta, stackfiles.open_voxels(folder))
    layer = volume.voxels[options.time]
    shares = meta["overlay"]["marks"] == "fractional"
    inside = layer.astype(np.float32) / FULL if shares else (layer == options.region).astype(np.uint8)
    return Field(inside, volume.lattice)

"""The sandbox's tasks: plain JSON in, files in the staging folder and plain JSON out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from webapp import stackfiles
from webapp.config import AuditThresholds, Limits
from webapp.dicom.voxels import Report
from webapp.errors import NoSurfaceHere
from webapp.imaging.mesh import write_mesh
from webapp.imaging.surface import isosurface
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
    """Make the surface of a kept volume at a level.

    Parameters
    ----------
    params : dict
        ``volume``: the stack's folder; ``level`` in modality units; ``triangles``: the most there may be.
    staging : Path
    limits : Limits
    report : Report

    Returns
    -------
    dict
        The facts that are also written as ``mesh.json``.

    Raises
    ------
    NoSurfaceHere, LevelNotANumber, LevelOutOfRange
    """
    folder = Path(params["volume"])
    meta = stackfiles.read_meta(folder)
    if meta["kind"] != "volume":
        raise NoSurfaceHere
    if meta["colour"]:
        raise NoSurfaceHere("These pictures are in colour, so no value has a surface.")
    report.progress("reading", 0, 0)
    volume = stackfiles.load_volume(folder)
    report.progress("marching", 0, 0)
    mesh = isosurface(volume, params["level"], params["triangles"])
    report.progress("writing", 0, 0)
    return write_mesh(mesh, staging, volume.unit)

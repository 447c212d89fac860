"""Files to take away: tag rows, volumes and surfaces, each under a name that tells nothing."""

from __future__ import annotations

from flask import Flask, Response

from webapp.access import own
from webapp.errors import NotAVolume, UnknownKey
from webapp.exports.mesh import MeshFormat, mesh_bytes
from webapp.exports.nifti import gzipped, nifti_chunks
from webapp.exports.report import report_html
from webapp.exports.tables import tags_csv
from webapp.findings import Verdict
from webapp.imaging.mesh import read_mesh
from webapp.services import Services
from webapp.store.tags import read_rows


def register(server: Flask, services: Services) -> None:
    """Offer the downloads of a stack.

    Parameters
    ----------
    server : Flask
    services : Services
        Who asks is looked up for each request; a key that is unknown and one that is somebody else's answer alike;
        a guest who came by a link takes nothing away.
    """

    @server.get("/volumes/<key>/tags.csv")
    def download_tags(key: str) -> Response:
        return tags_file(services, key)

    @server.get("/volumes/<key>/volume.nii.gz")
    def download_volume(key: str) -> Response:
        return volume_file(services, key)

    @server.get("/volumes/<key>/report.html")
    def download_report(key: str) -> Response:
        return report_file(services, key)

    @server.get("/volumes/<key>/mesh/<artifact>.stl")
    def download_mesh(key: str, artifact: str) -> Response:
        return mesh_file(services, key, artifact)


def tags_file(services: Services, key: str) -> Response:
    """The tag rows of a stack as CSV.

    Raises
    ------
    UnknownKey, GuestMayNot
    """
    own(services, key)
    rows = read_rows(services.volumes.folder(key))
    return _attachment(Response(tags_csv(rows).encode(), mimetype="text/csv"), "trueslice-tags.csv")


def volume_file(services: Services, key: str) -> Response:
    """The voxels of a stack as NIfTI, packed while they are sent.

    Raises
    ------
    UnknownKey, GuestMayNot
    NotAVolume
        The stack is pictures.
    NotSupportedYet
        It is in colour, or no even grid of a usable size holds it.
    """
    own(services, key)
    stored = services.volumes.open(key)
    if stored.volume is None:
        raise NotAVolume
    chunks = nifti_chunks(stored.volume, Verdict(stored.meta["verdict"]))
    return _attachment(Response(gzipped(chunks), mimetype="application/gzip"), "trueslice-volume.nii.gz")


def report_file(services: Services, key: str) -> Response:
    """The audit of a stack as one HTML file.

    Raises
    ------
    UnknownKey, GuestMayNot
    """
    own(services, key)
    report = report_html(services.volumes.open(key).meta, services.volumes.thumbnail(key).read_bytes())
    return _attachment(Response(report.encode(), mimetype="text/html"), "trueslice-report.html")


def mesh_file(services: Services, key: str, artifact: str) -> Response:
    """A surface made of a stack as STL.

    Raises
    ------
    UnknownKey
        The stack or the surface is not there, not this owner's, or the surface is of another stack.
    GuestMayNot
    """
    own(services, key)
    if services.catalogue.artifact(services.owner(), artifact).key != key:
        raise UnknownKey
    mesh = read_mesh(services.volumes.artifact_folder(key, artifact))
    content = mesh_bytes(mesh, MeshFormat.STL)
    return _attachment(Response(content, mimetype="model/stl"), "trueslice-surface.stl")


def _attachment(response: Response, name: str) -> Response:
    """Say that it is a file to keep, under a fixed name, and that nobody on the way keeps it."""
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response

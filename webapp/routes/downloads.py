"""Files to take away: tag rows, volumes and reports, each under a name that tells nothing."""

from __future__ import annotations

from flask import Flask, Response

from webapp.access import own
from webapp.errors import NotAVolume
from webapp.exports.nifti import gzipped, nifti_chunks
from webapp.exports.report import report_html
from webapp.exports.tables import tags_csv
from webapp.findings import Verdict
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


def tags_file(services: Services, key: str) -> Response:
    """The tag rows of a stack as CSV.

    Raises
    ------
    UnknownKey, GuestMayNot
    """
    own(services, key)
    rows = read_rows(services.volumes.folder(key))
    return attachment(Response(tags_csv(rows).encode(), mimetype="text/csv"), "trueslice-tags.csv")


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
    return attachment(Response(gzipped(chunks), mimetype="application/gzip"), "trueslice-volume.nii.gz")


def report_file(services: Services, key: str) -> Response:
    """The audit of a stack as one HTML file.

    Raises
    ------
    UnknownKey, GuestMayNot
    """
    own(services, key)
    report = report_html(services.volumes.open(key).meta, services.volumes.thumbnail(key).read_bytes())
    return attachment(Response(report.encode(), mimetype="text/html"), "trueslice-report.html")


def attachment(response: Response, name: str) -> Response:
    """Say that it is a file to keep, under a fixed name, and that nobody on the way keeps it.

    Parameters
    ----------
    response : Response
    name : str
    """
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response

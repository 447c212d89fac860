"""What this instance takes and how much of it, what it is not, and its version: a page without a script."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from flask import Flask, Response
from pydantic.fields import FieldInfo

from webapp import __version__
from webapp.config import GIB, MIB, Config, Limits
from webapp.dicom.codecs import FAMILIES, NATIVE
from webapp.dicom.dictionary import uid_name
from webapp.services import Services

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>About Trueslice</title><link rel="stylesheet" href="/assets/viewer.css"></head>
<body><main class="about-page">
<h1>About Trueslice</h1>
<p>Version {version}. Not for diagnosis: Trueslice is not a medical device.</p>
<p><a href="/">Open the library</a></p>
<h2>What is taken</h2>
<p>Zips, files and folders of DICOM pictures: CT, MR, PET, nuclear medicine, radiographs, ultrasound and secondary
captures, in one file or many frames; segmentations and contours are drawn over the pictures of their study. Reports,
presentation states, waveforms, videos and archives inside an archive are set aside by name.</p>
<h2>How long it is kept</h2>
<p>{keeping}</p>
<h2>How pictures may be packed</h2>
<table><thead><tr><th>transfer syntax</th><th>UID</th></tr></thead><tbody>{syntaxes}</tbody></table>
<h2>How much is taken</h2>
<table><thead><tr><th>what is bounded</th><th>limit</th></tr></thead><tbody>{limits}</tbody></table>
</main></body></html>
"""


def register(server: Flask, services: Services) -> None:
    """Answer ``GET /about``.

    Parameters
    ----------
    server : Flask
    services : Services
    """

    @server.get("/about")
    def about() -> Response:
        return Response(page_of(services.config), mimetype="text/html")


def page_of(config: Config) -> str:
    """The page of an instance.

    Parameters
    ----------
    config : Config
    """
    syntaxes = ((uid_name(syntax), syntax) for syntax in (*sorted(NATIVE), *FAMILIES))
    limits = (
        (field.description or "", value_words(getattr(config.limits, name), field))
        for name, field in Limits.model_fields.items()
    )
    return _PAGE.format(
        version=escape(__version__), keeping=escape(keeping(config)), syntaxes=_rows(syntaxes), limits=_rows(limits)
    )


def keeping(config: Config) -> str:
    """How long series are kept, in a sentence.

    Parameters
    ----------
    config : Config
    """
    parts = []
    if config.keep_hours > 0:
        parts.append(f"{config.keep_hours:g} hours after somebody last looked at it")
    if config.keep_hours_most > 0:
        parts.append(f"{config.keep_hours_most:g} hours after its upload at the latest")
    if not parts:
        return "A series is kept until it is deleted by hand."
    return f"A series is deleted {', and '.join(parts)}; deleted by hand, it is gone at once."


def value_words(value: float, field: FieldInfo) -> str:
    """A limit as it is read: bytes in the largest unit that leaves no fraction.

    Parameters
    ----------
    value : float
    field : FieldInfo
    """
    if "bytes" in str(field.description):
        for unit, name in ((GIB, "GiB"), (MIB, "MiB"), (1 << 10, "KiB")):
            if value >= unit:
                return f"{value / unit:g} {name}"
    return f"{value:,.12g}".replace(",", "\u202f")


def _rows(cells: Iterable[tuple[str, str]]) -> str:
    """Rows of a table with two columns."""
    return "".join(f"<tr><td>{escape(left)}</td><td>{escape(right)}</td></tr>" for left, right in cells)

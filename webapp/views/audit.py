"""What was found about the open stack, the gravest first, as sentences with their evidence.

::

    SCENE ── show ──> audit panel, audit line

    assets/audit.js: a tag of the evidence ──> TAG_FILTER, PANEL_TABS       a slice or a bar ──> CLICK
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import Dash, Input, Output, html
from dash.development.base_component import Component

from webapp.findings import SEVERITY_WORDS, VERDICT_MARKS, Severity, Verdict, by_gravity, verdict_meaning
from webapp.imaging.plane import PICTURE
from webapp.services import Services
from webapp.views import ids, strip, values
from webapp.views.browser import attributes
from webapp.views.lines import ways

#: Slices that are named one by one; a longer list is cut.
SLICES_NAMED = 12


def badge(verdict: str) -> list[Component]:
    """The verdict as a mark and a word, never as colour alone."""
    kind = Verdict(verdict)
    mark = html.Span(VERDICT_MARKS[kind], className="verdict-mark", **attributes(aria_hidden="true"))
    return [mark, html.Span(str(kind), className=f"verdict-word is-{kind}")]


def panel(scene: Mapping[str, Any]) -> list[Component]:
    """The audit panel of a scene: verdict, summary, strip, every finding, what the values are, and what can be
    taken away.

    Parameters
    ----------
    scene : mapping
        As `views.scene.scene` builds it; empty for the library.
    """
    if not scene.get("key"):
        return []
    kind = Verdict(scene["verdict"])
    head = html.Div(
        [
            html.H2(badge(kind), className=f"audit-verdict is-{kind}"),
            html.P(verdict_meaning(kind, scene["kind"]), className="quiet"),
            html.P(scene["summary"], className="audit-summary"),
        ],
        className="audit-head",
    )
    found = html.Ul([finding_item(finding, scene) for finding in by_gravity(scene["findings"])], className="findings")
    told = [*strip.picture(scene.get("strip")), found, *values.section(scene)]
    return [head, *told, downloads(scene)]


def finding_item(finding: Mapping[str, Any], scene: Mapping[str, Any]) -> Component:
    """One finding as a list item: how grave, the sentence, the tags it rests on, the slices it concerns.

    Parameters
    ----------
    finding : mapping
    scene : mapping
    """
    severity = Severity(finding["severity"])
    word = html.Span(SEVERITY_WORDS[severity], className="finding-severity")
    return html.Li(
        [
            word,
            html.P(finding["message"], className="finding-message"),
            *_evidence(finding["tags"]),
            *_slices(finding["slices"], scene),
            *(ways(scene) if finding["id"] == "G13" else []),
        ],
        className=f"finding is-{severity.lower()}",
    )


def downloads(scene: Mapping[str, Any]) -> Component:
    """What can be taken away of a stack.

    Parameters
    ----------
    scene : mapping
    """
    folder = f"/volumes/{scene['key']}"
    if scene.get("guest"):
        return html.P("Shared to look at: nothing can be taken away.", className="quiet")
    links = [_link("Report (HTML)", f"{folder}/report.html"), _link("Tags (CSV)", f"{folder}/tags.csv")]
    told: list[Component] = []
    if scene["kind"] == "volume":
        links.append(_link("Volume (NIfTI)", f"{folder}/volume.nii.gz"))
    if said := scene.get("export_words"):
        told = [html.P(f"NIfTI: {said}", className="quiet")]
    return html.Nav(["Download ", *links, *told], className="downloads", **attributes(aria_label="Downloads"))


def _link(words: str, address: str) -> Component:
    """A file to take away; the browser itself gets it."""
    return html.A(words, href=address, className="download", download="")


def _evidence(tags: Sequence[str]) -> list[Component]:
    """The tags a finding rests on, each a way into the tag table."""
    buttons = [
        html.Button(f"({tag})", className="tag", title="Show in the tags", **attributes(data_tag=tag)) for tag in tags
    ]
    return [html.P(["Evidence ", *buttons], className="evidence")] if tags else []


def _slices(places: Sequence[int], scene: Mapping[str, Any]) -> list[Component]:
    """The slices concerned, each a way there."""
    named = [
        html.Button(
            str(place + 1),
            className="slice-link",
            title=f"Go to {_piece(scene)} {place + 1}",
            **attributes(data_plane=scene["slice_plane"], data_first=str(place), data_last=str(place)),
        )
        for place in places[:SLICES_NAMED]
    ]
    more = [f" and {len(places) - SLICES_NAMED} more"] if len(places) > SLICES_NAMED else []
    return [html.P([f"Go to {_piece(scene)} ", *named, *more], className="evidence")] if named else []


def _piece(scene: Mapping[str, Any]) -> str:
    """What the views scroll through."""
    return "picture" if scene["slice_plane"] == PICTURE else "slice"


def layout() -> Component:
    """The empty audit panel."""
    return html.Div(id=ids.AUDIT, className="audit", **attributes(aria_live="polite"))


def register(app: Dash, services: Services) -> None:
    """Fill the panel and the line at the foot of the page whenever another stack is opened."""
    del services

    @app.callback(Output(ids.AUDIT, "children"), Output(ids.AUDIT_LINE, "children"), Input(ids.SCENE, "data"))
    def show(scene: dict[str, Any] | None) -> tuple[list[Component], str]:
        """The findings of the open stack."""
        return panel(scene or {}), (scene or {}).get("summary", "")

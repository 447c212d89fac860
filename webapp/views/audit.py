"""What was found about the open stack, the gravest first, as sentences with their evidence.

::

    SCENE ── show ──> audit panel, audit line
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from dash import Dash, Input, Output, html
from dash.development.base_component import Component

from webapp.findings import Severity, Verdict
from webapp.services import Services
from webapp.views import ids
from webapp.views.browser import attributes

VERDICT_MARKS = MappingProxyType({Verdict.TRUSTED: "●", Verdict.CAUTION: "▲", Verdict.REFUSED: "■"})

VERDICT_MEANINGS = MappingProxyType(
    {
        Verdict.TRUSTED: "Nothing found that makes the distances doubtful.",
        Verdict.CAUTION: "It can be looked at. Read what was found before measuring.",
        Verdict.REFUSED: "Not shown as a volume: the reasons stand first.",
    }
)

_GRAVITY = (Severity.BLOCK, Severity.WARN, Severity.NOTE, Severity.OK)
_SEVERITY_WORDS = MappingProxyType(
    {Severity.BLOCK: "■ refused", Severity.WARN: "▲ caution", Severity.NOTE: "○ note", Severity.OK: "● checked"}
)


def by_gravity(findings: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The findings with the gravest first; equals keep their order.

    Parameters
    ----------
    findings : sequence of mapping
        As `Finding.as_json` writes them.
    """
    return sorted(findings, key=lambda finding: _GRAVITY.index(Severity(finding["severity"])))


def badge(verdict: str) -> list[Component]:
    """The verdict as a mark and a word, never as colour alone."""
    kind = Verdict(verdict)
    mark = html.Span(VERDICT_MARKS[kind], className="verdict-mark", **attributes(aria_hidden="true"))
    return [mark, html.Span(str(kind), className=f"verdict-word is-{kind}")]


def panel(scene: Mapping[str, Any]) -> list[Component]:
    """The audit panel of a scene: verdict, summary and every finding.

    Parameters
    ----------
    scene : mapping
        As `views.slices.scene` builds it; empty for the library.
    """
    if not scene.get("key"):
        return []
    kind = Verdict(scene["verdict"])
    head = html.Div(
        [
            html.H2(badge(kind), className=f"audit-verdict is-{kind}"),
            html.P(_meaning(kind, scene["kind"]), className="quiet"),
            html.P(scene["summary"], className="audit-summary"),
        ],
        className="audit-head",
    )
    found = html.Ul([finding_item(finding) for finding in by_gravity(scene["findings"])], className="findings")
    return [head, found]


def _meaning(verdict: Verdict, kind: str) -> str:
    """What the verdict means for what is shown."""
    if verdict is not Verdict.REFUSED and kind != "volume":
        return "These are pictures without distances: there is nothing to measure."
    return VERDICT_MEANINGS[verdict]


def finding_item(finding: Mapping[str, Any]) -> Component:
    """One finding as a list item: how grave, the sentence, and the tags it rests on."""
    severity = Severity(finding["severity"])
    tags = [html.Code(f"({tag})", className="tag") for tag in finding["tags"]]
    evidence = [html.P(["Evidence ", *tags], className="evidence")] if tags else []
    word = html.Span(_SEVERITY_WORDS[severity], className="finding-severity")
    return html.Li(
        [word, html.P(finding["message"], className="finding-message"), *evidence],
        className=f"finding is-{severity.lower()}",
    )


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

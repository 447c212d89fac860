"""The door: the drop zone, and what becomes of each upload until it is a card or a refusal.

::

    assets/upload.js: drop ──tus──> /uploads/ ── last byte ──> UPLOAD_DONE
    UPLOAD_DONE, JOB_TICK, JOBS_DISMISSED ── follow ──> JOB_ROWS, JOB_TICK off when nothing runs, LIBRARY_CHANGED
    Cancel ──> jobs.cancel            Dismiss ──> JOBS_DISMISSED
"""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

from dash import ALL, Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from webapp.errors import UnknownKey
from webapp.services import Services
from webapp.store.model import EVERYONE, JobKind, JobState, JobStatus
from webapp.views import ids
from webapp.views.library import age_words, clicked

STAGES = {"reading": "reading", "placing": "placing slices", "decoding": "decoding", "auditing": "checking"}
TICK_MS = 500
DONE_SECONDS = 3600.0
FAILED_SECONDS = 86_400.0
DISMISSED_AT_MOST = 64
NAMES_AT_MOST = 20
_NOTE = "Only this browser gets to see what you upload; the host of this server keeps it until you delete it."
_LABEL: dict[str, Any] = {"aria-label": "Upload"}
_STALE = {JobState.DONE: DONE_SECONDS, JobState.FAILED: FAILED_SECONDS, JobState.CANCELLED: 0.0}


def shown(jobs: Sequence[JobStatus], dismissed: Sequence[str], now: float) -> list[JobStatus]:
    """The uploads that still have something to say to their owner, newest first.

    Parameters
    ----------
    jobs : sequence of JobStatus
        All jobs of one owner.
    dismissed : sequence of str
        Jobs the owner has put out of sight.
    now : float
        Seconds since 1970.
    """
    fresh = [
        job
        for job in jobs
        if job.kind == JobKind.INGEST
        and job.id not in dismissed
        and (not job.finished or now - job.created < _STALE[job.state])
    ]
    return sorted(fresh, key=lambda job: -job.created)


def row(job: JobStatus, now: float) -> Component:
    """One upload after its last byte: under way, ready, or refused.

    Parameters
    ----------
    job : JobStatus
    now : float
        Seconds since 1970.
    """
    if job.state == JobState.FAILED:
        return _refusal(job)
    if job.state == JobState.DONE:
        return _ready(job)
    return html.Div(
        [
            html.Div(f"Upload, {age_words(job.created, now)}", className="upload-title"),
            html.Progress(**_bar(job), className="upload-bar"),
            html.Ol([_step(job, *stage) for stage in STAGES.items()], className="upload-stages"),
            html.Div(
                html.Button("Cancel", id=ids.job_cancel(job.id), n_clicks=0, className="quiet-button"),
                className="upload-buttons",
            ),
        ],
        className="upload-row",
        role="status",
    )


def set_aside(items: Sequence[dict[str, str]], total: int) -> Component:
    """What was left out and why, folded: one line for each reason, with the files' names.

    Parameters
    ----------
    items : sequence of dict
        ``name``, ``code`` and ``reason`` of the first files.
    total : int
        How many there are in all.
    """
    reasons = Counter(item["reason"] for item in items)
    lines = []
    for reason, count in reasons.most_common():
        names = [item["name"] for item in items if item["reason"] == reason][:NAMES_AT_MOST]
        more = f" and {count - len(names)} more" if count > len(names) else ""
        lines.append(html.Li([f"{count} × {reason} ", html.Span(", ".join(names) + more, className="upload-names")]))
    if total > len(items):
        lines.append(html.Li(f"and {_files(total - len(items))} more"))
    return html.Details([html.Summary(f"{_files(total)} set aside"), html.Ul(lines)], className="upload-aside")


def layout() -> Component:
    """One sentence, the drop zone, and the empty places that `assets/upload.js` and the jobs fill."""
    zone = [
        html.P("Drop a zip, DICOM files or a folder here", className="drop-words"),
        html.Div(
            [
                html.Button("Choose files", id=ids.CHOOSE_FILES, className="plain-button"),
                html.Button("Choose a folder", id=ids.CHOOSE_FOLDER, className="plain-button wide-only"),
            ],
            className="drop-buttons",
        ),
        html.P(_NOTE, className="drop-note"),
    ]
    return html.Section(
        [
            html.P(
                "Trueslice opens a zipped DICOM series, rebuilds the volume, and says in plain words how far what it "
                "shows can be trusted.",
                className="upload-lead",
            ),
            html.Div(zone, id=ids.DROP_ZONE, className="drop-zone"),
            html.Div(id=ids.UPLOAD_ROWS, className="upload-rows"),
            html.Div(id=ids.JOB_ROWS, className="upload-rows"),
            dcc.Store(id=ids.UPLOAD_DONE),
            dcc.Store(id=ids.JOBS_DISMISSED, storage_type="local"),
            dcc.Interval(id=ids.JOB_TICK, interval=TICK_MS),
        ],
        className="upload-panel",
        **_LABEL,
    )


def follow(services: Services, dismissed: Sequence[str], known: Any, now: float) -> tuple[list[Component], bool, Any]:
    """The rows, whether nothing runs any more, and a new mark when the library has changed.

    Parameters
    ----------
    services : Services
    dismissed : sequence of str
        Jobs put out of sight.
    known : object
        The mark of the library as drawn.
    now : float
        Seconds since 1970.
    """
    mine = services.catalogue.jobs_of(services.owner())
    jobs = [*mine, *services.catalogue.jobs_of(EVERYONE)]
    mark = sum(job.state == JobState.DONE and job.kind == JobKind.INGEST for job in jobs)
    rows = [row(job, now) for job in shown(mine, dismissed, now)]
    idle = all(job.finished for job in jobs if job.kind == JobKind.INGEST)
    return rows, idle, no_update if mark == known else mark


def register(app: Dash, services: Services) -> None:
    """Wire the job rows."""

    @app.callback(
        Output(ids.JOB_ROWS, "children"),
        Output(ids.JOB_TICK, "disabled"),
        Output(ids.LIBRARY_CHANGED, "data"),
        Input(ids.UPLOAD_DONE, "data"),
        Input(ids.JOB_TICK, "n_intervals"),
        Input(ids.JOBS_DISMISSED, "data"),
        State(ids.LIBRARY_CHANGED, "data"),
    )
    def tick(_: object, __: object, dismissed: list[str] | None, known: object) -> tuple[list[Component], bool, Any]:
        """Draw the jobs as they are now."""
        return follow(services, dismissed if isinstance(dismissed, list) else [], known, time.time())

    @app.callback(
        Output(ids.JOBS_DISMISSED, "data"),
        Input(ids.job_dismiss(ALL), "n_clicks"),  # type: ignore[arg-type]
        State(ids.JOBS_DISMISSED, "data"),
        prevent_initial_call=True,
    )
    def dismiss(clicks: list[int | None], dismissed: list[str] | None) -> list[str]:
        """Put a finished job out of sight."""
        return [*(dismissed if isinstance(dismissed, list) else []), clicked(clicks, "job")][-DISMISSED_AT_MOST:]

    @app.callback(Input(ids.job_cancel(ALL), "n_clicks"), prevent_initial_call=True)  # type: ignore[arg-type]
    def cancel(clicks: list[int | None]) -> None:
        """Stop a job; one that is gone already is as wanted."""
        with contextlib.suppress(UnknownKey):
            services.jobs.cancel(services.owner(), clicked(clicks, "job"))


def _bar(job: JobStatus) -> dict[str, Any]:
    """The bar's properties; none while the number of steps is not known."""
    return {"max": job.total, "value": min(job.done, job.total)} if job.total else {}


def _step(job: JobStatus, name: str, words: str) -> Component:
    """One stage in the row of stages: behind, now with its numbers, or to come."""
    order = list(STAGES)
    now = order.index(job.stage) if job.stage in order else -1
    place = order.index(name)
    counted = f" {job.done}/{job.total}" if place == now and job.total else ""
    when = "now" if place == now else "behind" if place < now else "ahead"
    return html.Li(f"{words}{counted}", className=f"stage-{when}")


def _ready(job: JobStatus) -> Component:
    """A finished upload: how many stacks it gave, the way in, what was set aside."""
    result = job.result or {}
    keys, aside = result.get("keys", []), result.get("set_aside", [])
    total = result.get("set_aside_count", len(aside))
    links = [dcc.Link("Open", href=f"/?stack={keys[0]}", className="card-open")] if len(keys) == 1 else []
    count = f"Ready: {len(keys)} stacks" if len(keys) != 1 else "Ready"
    over = result.get("overlays", 0)
    return html.Div(
        [
            html.Div(count, className="upload-title"),
            *([html.Div(_over_words(over))] if over else []),
            *([set_aside(aside, total)] if total else []),
            html.Div([*links, _dismiss(job)], className="upload-buttons"),
        ],
        className="upload-row",
        role="status",
    )


def _over_words(count: int) -> str:
    """How much is drawn over pictures."""
    what = "1 set of regions is" if count == 1 else f"{count} sets of regions are"
    return f"{what} drawn over the pictures of the same study: open those, then the tab Overlays."


def _refusal(job: JobStatus) -> Component:
    """A refused upload: what is wrong, and what to do about it."""
    error = job.error or {}
    return html.Div(
        [
            html.Div(f"■ {error.get('cause', 'Refused.')}", className="refusal-cause"),
            html.Div(error.get("cure", ""), className="refusal-cure"),
            html.Div(_dismiss(job), className="upload-buttons"),
        ],
        className="upload-row refusal-card",
        role="alert",
    )


def _dismiss(job: JobStatus) -> Component:
    """The button that puts a row out of sight."""
    return html.Button("Dismiss", id=ids.job_dismiss(job.id), n_clicks=0, className="quiet-button")


def _files(count: int) -> str:
    """A number of files."""
    return f"{count} files" if count != 1 else "1 file"

"""The door: each upload is followed in plain words until it is ready, refused or put out of sight."""

from __future__ import annotations

import json
import re
from types import SimpleNamespace
from typing import Any

import pytest
from dash import html, no_update

from webapp.config import ROOT
from webapp.errors import ArchiveEncrypted
from webapp.store.model import EVERYONE, JobKind, JobState, JobStatus
from webapp.views import ids, upload

NOW = 1_000_000.0


def a_job(**changes: Any) -> JobStatus:
    facts: dict[str, Any] = {
        "id": "j1",
        "owner": "me",
        "kind": JobKind.INGEST,
        "subject": "u1",
        "state": JobState.RUNNING,
        "stage": "reading",
        "done": 120,
        "total": 275,
        "error": None,
        "result": None,
        "created": NOW - 3,
    }
    return JobStatus(**{**facts, **changes})


def as_text(component: Any) -> str:
    return json.dumps(component, default=lambda part: part.to_plotly_json(), ensure_ascii=False)


def stages(job: JobStatus) -> list[tuple[str, str]]:
    steps = [part for part in upload.row(job, NOW)._traverse() if isinstance(part, html.Li)]
    return [(step.children, step.className) for step in steps]


def test_each_stage_is_behind_now_or_ahead() -> None:
    assert stages(a_job(stage="decoding", done=200)) == [
        ("reading", "stage-behind"),
        ("placing slices", "stage-behind"),
        ("decoding 200/275", "stage-now"),
        ("checking", "stage-ahead"),
    ]


def test_a_job_that_waits_for_its_turn_is_at_no_stage() -> None:
    waiting = a_job(state=JobState.WAITING, stage="", done=0, total=0)
    assert {name for _, name in stages(waiting)} == {"stage-ahead"}


def test_a_stage_without_a_count_shows_none() -> None:
    assert ("placing slices", "stage-now") in stages(a_job(stage="placing", done=0, total=0))


def test_the_bar_moves_by_itself_while_nobody_knows_how_long() -> None:
    bar = next(part for part in upload.row(a_job(total=0), NOW)._traverse() if isinstance(part, html.Progress))
    assert not hasattr(bar, "value")


def test_a_running_job_can_be_cancelled() -> None:
    button = next(part for part in upload.row(a_job(), NOW)._traverse() if isinstance(part, html.Button))
    assert (button.children, button.id) == ("Cancel", ids.job_cancel("j1"))


def test_a_refusal_says_the_cause_and_the_cure() -> None:
    text = as_text(upload.row(a_job(state=JobState.FAILED, error=ArchiveEncrypted().as_json()), NOW))
    assert ArchiveEncrypted.cause in text
    assert ArchiveEncrypted.cure in text
    assert "Dismiss" in text


def test_a_finished_job_opens_its_only_stack() -> None:
    result = {"keys": ["k1"], "set_aside": [], "set_aside_count": 0}
    text = as_text(upload.row(a_job(state=JobState.DONE, result=result), NOW))
    assert "/?stack=k1" in text
    assert "set aside" not in text


def test_several_stacks_are_counted_and_left_to_the_library() -> None:
    text = as_text(upload.row(a_job(state=JobState.DONE, result={"keys": ["k1", "k2"]}), NOW))
    assert "Ready: 2 stacks" in text
    assert "/?stack=" not in text


ASIDE = [
    {"name": "b.txt", "code": "not_dicom", "reason": "Not a DICOM file."},
    {"name": "dose.dcm", "code": "not_an_image", "reason": "A DICOM object without a picture."},
    {"name": "c.txt", "code": "not_dicom", "reason": "Not a DICOM file."},
]


def test_what_was_set_aside_is_counted_by_reason_with_its_names() -> None:
    folded = upload.set_aside(ASIDE, 3)
    assert isinstance(folded, html.Details)
    assert not getattr(folded, "open", False)
    assert folded.children[0].children == "3 files set aside"
    lines = [item.children[0] for item in folded.children[1].children]
    assert lines == ["2 × Not a DICOM file. ", "1 × A DICOM object without a picture. "]
    assert "b.txt, c.txt" in as_text(folded)


def test_files_set_aside_beyond_those_listed_are_counted_too() -> None:
    folded = upload.set_aside(ASIDE[:1], 41)
    assert folded.children[0].children == "41 files set aside"
    assert "and 40 files more" in as_text(folded)


@pytest.mark.parametrize(
    ("changes", "visible"),
    [
        ({}, True),
        ({"state": JobState.WAITING, "created": NOW - 1e6}, True),
        ({"state": JobState.DONE}, True),
        ({"state": JobState.DONE, "created": NOW - 3601}, False),
        ({"state": JobState.FAILED, "created": NOW - 3601}, True),
        ({"state": JobState.FAILED, "created": NOW - 86_401}, False),
        ({"state": JobState.CANCELLED}, False),
        ({"kind": JobKind.SURFACE}, False),
        ({"id": "gone"}, False),
    ],
    ids=str,
)
def test_a_row_stays_while_it_has_something_to_say(changes: dict[str, Any], visible: bool) -> None:
    assert bool(upload.shown([a_job(**changes)], ["gone"], NOW)) == visible


def test_the_newest_upload_comes_first() -> None:
    jobs = [a_job(id="old", created=NOW - 9), a_job(id="new", created=NOW - 1)]
    assert [job.id for job in upload.shown(jobs, [], NOW)] == ["new", "old"]


def follow(mine: list[JobStatus], everyone: list[JobStatus] | None = None, known: Any = None) -> Any:
    jobs = {"me": mine, EVERYONE: everyone or []}
    services = SimpleNamespace(owner=lambda: "me", catalogue=SimpleNamespace(jobs_of=jobs.__getitem__))
    return upload.follow(services, [], known, NOW)


def test_the_page_asks_again_only_while_something_runs() -> None:
    assert follow([a_job()])[1] is False
    assert follow([a_job(state=JobState.DONE), a_job(state=JobState.FAILED)])[1] is True


def test_the_page_waits_for_samples_that_are_still_being_read() -> None:
    rows, idle, _ = follow([], [a_job(owner=EVERYONE)])
    assert (rows, idle) == ([], False)


def test_a_job_that_has_ended_renews_the_library_once() -> None:
    mark = follow([a_job(state=JobState.DONE)], known=0)[2]
    assert mark == 1
    assert follow([a_job(state=JobState.DONE)], known=1)[2] is no_update


def test_the_browsers_part_knows_the_same_places_as_the_page() -> None:
    source = (ROOT / "assets" / "upload.js").read_text()
    named = dict(re.findall(r'^  const ([A-Z_]+) = "([a-z-]+)";$', source, re.MULTILINE))
    assert named == {
        "ZONE": ids.DROP_ZONE,
        "FILES": ids.FILE_INPUT,
        "FOLDER": ids.FOLDER_INPUT,
        "CHOOSE_FILES": ids.CHOOSE_FILES,
        "CHOOSE_FOLDER": ids.CHOOSE_FOLDER,
        "ROWS": ids.UPLOAD_ROWS,
        "DONE": ids.UPLOAD_DONE,
    }


def test_the_browsers_rows_begin_empty() -> None:
    rows = next(part for part in upload.layout()._traverse() if getattr(part, "id", None) == ids.UPLOAD_ROWS)
    assert not getattr(rows, "children", None)


@pytest.mark.parametrize("name", ["files.js", "tus.js", "upload.js"])
def test_the_browsers_part_never_makes_markup_or_code_out_of_text(name: str) -> None:
    source = (ROOT / "assets" / name).read_text()
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", source)

"""An upload becomes its series whole or not at all, and a level becomes a mesh."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest

from tests.jobs.house import UPLOAD, House, until
from webapp.errors import (
    NotAnArchive,
    TaskCancelled,
)
from webapp.imaging.options import SurfaceOptions
from webapp.job_work import where
from webapp.sandbox import Progress, Task
from webapp.store.catalogue import JobState
from webapp.store.model import Asker


def test_an_upload_becomes_its_series(house: House) -> None:
    keys = house.ingested()
    assert [card.key for card in house.catalogue.library("ann")] == keys
    assert house.volumes.open(keys[0]).voxels.shape == (1, 3, 2, 4)


def test_the_result_names_what_came_of_an_upload(house: House) -> None:
    keys = house.ingested()
    assert house.catalogue.jobs_of("ann")[0].result == {
        "keys": keys,
        "series": 2,
        "set_aside": [{"name": "notes.txt", "code": "not_dicom", "reason": "Not a DICOM file."}],
        "set_aside_count": 1,
    }


def test_a_read_upload_keeps_its_original_and_nothing_in_staging(house: House) -> None:
    keys = house.ingested()
    assert sorted(house.bytes_left()) == sorted([UPLOAD, *keys])


def test_the_child_is_told_where_the_upload_is_and_how_much_to_expect(house: House) -> None:
    house.ingested()
    (task,) = house.child.tasks
    assert (task.name, task.params["source"]) == ("open", str(house.originals.path(UPLOAD)))
    assert task.expected_bytes == 4 * 3


def test_a_refusal_reaches_the_owner_and_leaves_no_byte(house: House) -> None:
    def refuse(*_: object) -> None:
        raise NotAnArchive

    house.child.meanwhile = refuse
    job_id = house.jobs.ingest("ann", house.receive())
    house.jobs.run_now(job_id)
    status = house.catalogue.job("ann", job_id)
    assert (status.state, status.error) == (JobState.FAILED, NotAnArchive().as_json())
    assert house.bytes_left() == []


def test_a_fault_of_ours_is_told_and_logged_without_its_text(house: House, caplog: pytest.LogCaptureFixture) -> None:
    def stumble(*_: object) -> None:
        raise ValueError("SMITH^JOHN")

    house.child.meanwhile = stumble
    job_id = house.jobs.ingest("ann", house.receive())
    with caplog.at_level(logging.DEBUG):
        house.jobs.run_now(job_id)
    error = house.catalogue.job("ann", job_id).error
    assert error is not None
    assert error["code"] == "task_crashed"
    assert "ValueError at test_job_work.py" in caplog.text
    assert "SMITH" not in caplog.text
    assert house.bytes_left() == []


def test_a_full_disk_is_told_as_such(house: House) -> None:
    def fill(*_: object) -> None:
        raise OSError(28, "No space left on device")

    house.child.meanwhile = fill
    job_id = house.jobs.ingest("ann", house.receive())
    house.jobs.run_now(job_id)
    error = house.catalogue.job("ann", job_id).error
    assert error is not None
    assert error["code"] == "no_space"


def test_a_stack_that_is_not_whole_takes_the_others_back(house: House) -> None:
    def spoil(task: Task, *_: object) -> None:
        (task.staging / "stacks" / "0001-1" / "volume.npy").write_bytes(b"half")

    house.child.meanwhile = spoil
    job_id = house.jobs.ingest("ann", house.receive())
    house.jobs.run_now(job_id)
    assert house.catalogue.job("ann", job_id).state == JobState.FAILED
    assert (house.catalogue.library("ann"), house.bytes_left()) == ([], [])


@pytest.mark.parametrize("name", ["../../volumes", "a/b", "..", "", "x" * 65])
def test_a_folder_name_that_leads_elsewhere_is_refused(house: House, name: str) -> None:
    def lead_astray(task: Task, *_: object) -> None:
        opened = {"input": {}, "series": [{"stacks": [name]}], "set_aside": []}
        (task.staging / "opened.json").write_text(json.dumps(opened))

    house.child.meanwhile = lead_astray
    job_id = house.jobs.ingest("ann", house.receive())
    house.jobs.run_now(job_id)
    error = house.catalogue.job("ann", job_id).error
    assert error is not None
    assert error["code"] == "result_missing"


@pytest.mark.parametrize("document", ["{}", "[]", "", '{"series": [], "set_aside": []}', '{"series": 1}'])
def test_an_account_that_says_nothing_ends_the_job_with_a_reason(house: House, document: str) -> None:
    house.child.meanwhile = lambda task, *_: (task.staging / "opened.json").write_text(document) and None
    job_id = house.jobs.ingest("ann", house.receive())
    house.jobs.run_now(job_id)
    error = house.catalogue.job("ann", job_id).error
    assert error is not None
    assert error["code"] in {"result_missing", "no_dicom"}


def test_cancelling_a_running_job_stops_its_child_and_leaves_no_byte(house: House) -> None:
    def wait(_task: Task, _progress: object, cancelled: Callable[[], bool]) -> None:
        house.jobs.cancel("ann", house.catalogue.jobs_of("ann")[0].id)
        until(cancelled)
        raise TaskCancelled

    house.child.meanwhile = wait
    job_id = house.jobs.ingest("ann", house.receive())
    house.jobs.run_now(job_id)
    assert house.catalogue.job("ann", job_id).state == JobState.CANCELLED
    assert house.bytes_left() == []


def test_cancelling_after_the_child_is_done_still_shows_nothing(house: House) -> None:
    house.child.meanwhile = lambda *_: house.jobs.cancel("ann", house.catalogue.jobs_of("ann")[0].id)
    job_id = house.jobs.ingest("ann", house.receive())
    house.jobs.run_now(job_id)
    assert house.catalogue.job("ann", job_id).state == JobState.CANCELLED
    assert (house.catalogue.library("ann"), house.bytes_left()) == ([], [])


def test_progress_is_written_at_most_four_times_a_second_and_at_each_stage(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[tuple[str, int]] = []
    monkeypatch.setattr(house.catalogue, "progress", lambda _claim, stage, done, _total: written.append((stage, done)))

    def report(_task: Task, progress: Callable[[Progress], None], _cancelled: object) -> None:
        for done in range(1000):
            progress(Progress("decoding", done, 1000))

    house.child.meanwhile = report
    house.ingested()
    assert written[:2] == [("reading", 1), ("decoding", 0)]
    assert written[-1] == ("keeping", 0)
    assert len(written) < 10


def test_the_catalogue_is_asked_about_cancelling_at_most_ten_times_a_second(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[float] = []
    monkeypatch.setattr(house.catalogue, "is_cancelled", lambda _claim: asked.append(time.monotonic()) or False)

    def ask(_task: Task, _progress: object, cancelled: Callable[[], bool]) -> None:
        for _ in range(10_000):
            cancelled()

    house.child.meanwhile = ask
    house.ingested()
    assert all(later - earlier >= 0.1 for earlier, later in pairwise(asked))


def test_a_surface_is_kept_beside_its_stack(house: House) -> None:
    key = house.ingested()[0]
    result = house.surfaced(key, 200)
    assert result["triangles"] == 1
    mesh = house.volumes.artifact_folder(key, result["artifact"]) / "faces.npy"
    assert np.array_equal(np.load(mesh), [[0, 1, 2]])
    assert house.catalogue.artifact("ann", result["artifact"]).level == 200.0


def test_old_surfaces_make_room_on_the_disk(house: House) -> None:
    key = house.ingested()[0]
    for level in range(10):
        house.surfaced(key, level)
    assert len(list((house.volumes.folder(key) / "artifacts").iterdir())) == 8


def test_a_surface_of_a_series_deleted_meanwhile_leaves_no_byte(house: House) -> None:
    keys = house.ingested()
    house.jobs.delete_series("ann", keys[1])
    house.child.meanwhile = lambda *_: house.jobs.delete_series("ann", keys[0]) and None
    house.jobs.run_now(house.jobs.surface(Asker("ann"), keys[0], SurfaceOptions(200)))
    assert (house.bytes_left(), house.catalogue.jobs_of("ann")) == ([], [])


def test_a_fault_is_named_by_its_place_in_the_code() -> None:
    assert where(ValueError("SMITH")) == "ValueError"

"""The trail: nothing in it tells a patient, and nobody changes it unnoticed."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from tests.store.staged import Clock
from webapp.store.trail import TRAIL, Event, Trail


@pytest.fixture
def trail(tmp_path: Path) -> Trail:
    made = Trail(tmp_path, "secret", Clock())
    for number in range(4):
        made.note(Event.IMPORT, "done", "DOE^JANE", [f"key{number}"], ["1.2.3"])
    return made


def lines_of(folder: Path) -> list[str]:
    return (folder / TRAIL).read_text().splitlines(keepends=True)


def test_an_untouched_trail_has_no_fault(trail: Trail) -> None:
    assert trail.faults() == []


def test_no_id_stands_in_the_trail_itself(trail: Trail, tmp_path: Path) -> None:
    text = "".join(lines_of(tmp_path))
    assert [word for word in ("DOE", "key0", "1.2.3") if word in text] == []


def test_the_same_id_is_found_by_whoever_has_the_secret(trail: Trail, tmp_path: Path) -> None:
    assert json.loads(lines_of(tmp_path)[0])["study"] == [Trail(tmp_path, "secret").mark("1.2.3")]
    assert Trail(tmp_path, "another").mark("1.2.3") != trail.mark("1.2.3")


@pytest.mark.parametrize("line", range(4))
def test_a_changed_line_is_noticed(line: int, trail: Trail, tmp_path: Path) -> None:
    lines = lines_of(tmp_path)
    lines[line] = lines[line].replace("done", "none")
    trail.path.write_text("".join(lines))
    assert trail.faults()


@pytest.mark.parametrize("line", range(4))
def test_a_line_taken_out_is_noticed_the_last_one_too(line: int, trail: Trail, tmp_path: Path) -> None:
    lines = lines_of(tmp_path)
    del lines[line]
    trail.path.write_text("".join(lines))
    assert trail.faults()


def test_a_trail_taken_away_is_noticed(trail: Trail) -> None:
    trail.path.unlink()
    assert trail.faults()


def test_a_line_cut_short_by_a_crash_is_taken_off_and_the_trail_goes_on(trail: Trail) -> None:
    with trail.path.open("a") as file:
        file.write('{"n": 5, "ti')
    trail.note(Event.DELETE, "done", "ann", ["key0"])
    assert trail.faults() == []


def test_the_trail_is_for_the_servers_user_alone(tmp_path: Path) -> None:
    Trail(tmp_path, "").note(Event.VIEW, "done", "ann", ["key"])
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}


def test_without_a_secret_two_processes_share_one_key(tmp_path: Path) -> None:
    assert Trail(tmp_path, "").mark("1.2.3") == Trail(tmp_path, "").mark("1.2.3")


def test_scrolling_is_one_look_for_two_processes(tmp_path: Path) -> None:
    clock = Clock()
    first, second = Trail(tmp_path, "secret", clock), Trail(tmp_path, "secret", clock)
    for trail in (first, second, first):
        trail.note_once(Event.VIEW, "done", "ann", "key")
    second.note_once(Event.VIEW, "done", "bob", "key")
    clock.now += 1000
    second.note_once(Event.VIEW, "done", "ann", "key")
    assert len(lines_of(tmp_path)) == 3


def test_a_full_disk_stops_nobody(trail: Trail, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "full")

    monkeypatch.setattr("webapp.store.trail.os.fsync", full)
    trail.note(Event.VIEW, "done", "ann", ["key"])

"""The command line: what it says, in which form, and how it leaves."""

from __future__ import annotations

import html
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nibabel
import numpy as np
import pytest

from tests.factories import Scan, contested_series, make_series, value_at, zip_of, zip_series
from webapp import __version__
from webapp.config import ROOT

SERIES_FIELDS = {
    *("series_instance_uid", "study_instance_uid", "modality", "manufacturer", "description", "images", "stacks")
}
STACK_FIELDS = {
    *("id", "kind", "shape_kji", "slice_axis", "spacing_mm_kji", "affine_kji_to_lps", "time_points", "time_key"),
    *("time_unit", "time_values", "grid", "tilt_deg", "shear", "value_unit", "value_range", "verdict", "summary"),
    "findings",
}

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def phantom(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A zip of the oblique phantom, and its series."""
    series = make_series(Scan("oblique"))
    return zip_series(tmp_path_factory.mktemp("in") / "phantom.zip", series), str(series[0].SeriesInstanceUID)


def real_command(*words: object) -> subprocess.CompletedProcess[str]:
    """The command as a person runs it from the checkout."""
    return subprocess.run(
        [sys.executable, "-m", "webapp", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={"PATH": os.defpath},
    )


def test_inspect_prints_one_document_and_nothing_else(phantom: tuple[Path, str]) -> None:
    done = real_command("inspect", phantom[0], "--json")
    document = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (0, "")
    assert set(document) == {"trueslice", "input", "series", "set_aside"}
    assert (document["trueslice"], document["input"]["files"]) == (__version__, 7)
    assert set(document["series"][0]) == SERIES_FIELDS
    assert set(document["series"][0]["stacks"][0]) == STACK_FIELDS


def test_a_file_that_does_not_exist_leaves_with_one_and_a_reason() -> None:
    done = real_command("probe", "/nowhere.zip", "--series", "1", "--", "0", "0", "0")
    assert (done.returncode, done.stdout) == (1, "")
    assert "no such file" in done.stderr.lower()


def test_inspect_says_it_in_words(run: Run, phantom: tuple[Path, str]) -> None:
    code, said, _ = run("inspect", phantom[0])
    assert code == 0
    assert "CT Phantom · 7 images" in said
    assert "stack 1: volume 7 × 16 × 12, trusted" in said
    assert "Spacing 3.00 mm (measured)" in said


def test_inspect_takes_several_inputs_and_names_what_cannot_be_shown(
    run: Run, phantom: tuple[Path, str], tmp_path: Path
) -> None:
    code, said, _ = run("inspect", phantom[0], zip_of(tmp_path / "empty.zip", []), "--json")
    document = json.loads(said)
    assert (code, len(document["series"])) == (0, 1)
    assert [(one["name"], one["code"]) for one in document["set_aside"]] == [("empty.zip", "zip_empty")]


@pytest.mark.parametrize("as_json", [True, False], ids=["json", "words"])
def test_inspect_leaves_with_one_when_nothing_can_be_shown(run: Run, tmp_path: Path, as_json: bool) -> None:
    path = zip_of(tmp_path / "notes.zip", [("notes.txt", b"hello")])
    code, said, _ = run("inspect", path, *(["--json"] if as_json else []))
    assert code == 1
    assert "There is no DICOM picture in here." in said
    assert not as_json or json.loads(said)["series"] == []


def test_a_series_without_a_uid_is_named_by_the_one_that_was_made_up(run: Run, tmp_path: Path) -> None:
    path = zip_series(tmp_path / "a.zip", make_series(Scan(tags={"SeriesInstanceUID": ""})))
    series = json.loads(run("inspect", path, "--json")[1])["series"][0]
    assert series["series_instance_uid"] == ""
    assert series["made_up_uid"].startswith("guessed-")
    assert f"{series['made_up_uid']} (made up" in run("inspect", path)[1]


def test_probe_gives_exactly_the_value_at_voxel_centres(run: Run, phantom: tuple[Path, str]) -> None:
    scan, voxels = Scan("oblique"), [(0, 0, 0), (3, 7, 5), (6, 15, 11)]
    points = [number for voxel in voxels for number in scan.point_mm(*voxel)]
    code, said, _ = run("probe", phantom[0], "--series", phantom[1], "--json", "--", *points, 0, 0, 0)
    answers = json.loads(said)["points"]
    assert code == 0
    assert [one["value"] for one in answers] == [*(value_at(*voxel) - 1024 for voxel in voxels), None]
    assert [one["exact"] for one in answers] == [True, True, True, False]
    assert [one["why_null"] for one in answers] == [None, None, None, "outside"]
    assert {one["unit"] for one in answers} == {"HU"}


def test_probe_says_in_words_where_it_rounded(run: Run, phantom: tuple[Path, str]) -> None:
    scan = Scan("oblique")
    beside = scan.point_mm(3, 7, 5) + 0.2 * scan.axes[0]
    _, said, _ = run("probe", phantom[0], "--series", phantom[1], "--", *scan.point_mm(3, 7, 5), *beside, 0, 0, 0)
    first, second, third = said.splitlines()
    assert first.endswith(f": {value_at(3, 7, 5) - 1024} HU")
    assert second.endswith(f": {value_at(3, 7, 5) - 1024} HU (nearest voxel)")
    assert third == "0 0 0: outside"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        pytest.param(["--", "1", "2"], "three numbers", id="two numbers"),
        pytest.param(["--", "nan", "0", "0"], "finite numbers", id="not a number"),
        pytest.param(["--", "0", "inf", "0"], "finite numbers", id="infinite"),
        pytest.param(["--time", "1", "--", "0", "0", "0"], "time point", id="no such time"),
        pytest.param(["--stack", "9", "--", "0", "0", "0"], "No such series", id="no such stack"),
        pytest.param(["--study", "9", "--", "0", "0", "0"], "No such series", id="no such study"),
    ],
)
def test_probe_refuses_what_it_cannot_answer(run: Run, phantom: tuple[Path, str], more: list[str], words: str) -> None:
    code, said, heard = run("probe", phantom[0], "--series", phantom[1], *more)
    assert (code, said) == (1, "")
    assert words in heard


def test_a_refusal_is_a_document_too_when_one_was_asked_for(run: Run, phantom: tuple[Path, str]) -> None:
    code, said, heard = run("probe", phantom[0], "--series", "1.2.3", "--json", "--", 0, 0, 0)
    assert (code, heard) == (1, "")
    assert json.loads(said)["error"]["code"] == "unknown_series"


def test_pictures_that_form_no_volume_are_not_probed(run: Run, tmp_path: Path) -> None:
    series = make_series(Scan(tags={"ImagePositionPatient": None}))
    path = zip_series(tmp_path / "placeless.zip", series)
    code, _, heard = run("probe", path, "--series", series[0].SeriesInstanceUID, "--", 0, 0, 0)
    assert code == 1
    assert "do not form a volume" in heard
    assert "carry no position in the patient" in heard


@pytest.mark.parametrize(
    "scan",
    [Scan("oblique", slide_mm=(0, 1, 0)), Scan(positions_mm=[0, 3, 6, 9, 14, 19, 24])],
    ids=["tilted", "uneven"],
)
def test_probe_finds_the_voxels_of_a_stack_that_is_no_even_box(run: Run, tmp_path: Path, scan: Scan) -> None:
    series = make_series(scan)
    path = zip_series(tmp_path / "a.zip", series)
    voxels = [(0, 0, 0), (4, 7, 5), (6, 15, 11)]
    points = [number for voxel in voxels for number in scan.point_mm(*voxel)]
    _, said, _ = run("probe", path, "--series", series[0].SeriesInstanceUID, "--json", "--", *points)
    answers = json.loads(said)["points"]
    assert [one["value"] for one in answers] == [value_at(*voxel) - 1024 for voxel in voxels]
    assert [one["exact"] for one in answers] == [True, True, True]


def test_probe_says_where_a_slice_is_missing(run: Run, tmp_path: Path) -> None:
    scan = Scan(slices=5, positions_mm=[0, 3, 6, 12, 15])
    series = make_series(scan)
    path = zip_series(tmp_path / "a.zip", series)
    blank = scan.point_mm(2, 7, 5) + np.array([0, 0, 3])
    _, said, _ = run("probe", path, "--series", series[0].SeriesInstanceUID, "--json", "--", *blank)
    (answer,) = json.loads(said)["points"]
    assert (answer["value"], answer["why_null"], answer["exact"]) == (None, "hole", False)


def test_the_volume_is_meant_when_a_series_has_pictures_beside_it(run: Run, tmp_path: Path) -> None:
    series = make_series()
    overview = make_series(Scan("coronal", slices=1, rows=90, columns=90))
    overview[0].SeriesInstanceUID, overview[0].StudyInstanceUID = (
        series[0].SeriesInstanceUID,
        series[0].StudyInstanceUID,
    )
    path = zip_series(tmp_path / "a.zip", overview, series)
    point = Scan().point_mm(2, 3, 4)
    _, said, _ = run("probe", path, "--series", series[0].SeriesInstanceUID, "--json", "--", *point)
    assert json.loads(said)["points"][0]["value"] == value_at(2, 3, 4) - 1024


def test_export_writes_a_volume_that_other_programs_place_where_it_lies(
    run: Run, phantom: tuple[Path, str], tmp_path: Path
) -> None:
    output = tmp_path / "out.nii.gz"
    code, said, _ = run("export", phantom[0], "--series", phantom[1], "--format", "nifti", "-o", output)
    assert (code, said) == (0, f"Wrote {output.stat().st_size:,} bytes.\n")
    image = nibabel.load(output)
    left_posterior = np.array([-1, -1, 1])
    index = np.linalg.inv(image.affine) @ [*(Scan("oblique").point_mm(3, 7, 5) * left_posterior), 1]
    assert np.asarray(image.dataobj)[tuple(np.rint(index[:3]).astype(int))] == value_at(3, 7, 5) - 1024


def test_export_says_when_and_how_it_resampled(run: Run, tmp_path: Path) -> None:
    series = make_series(Scan(positions_mm=[0, 3, 6, 12, 15, 18, 21]))
    path, output = zip_series(tmp_path / "a.zip", series), tmp_path / "v.nii"
    code, said, _ = run("export", path, "--series", series[0].SeriesInstanceUID, "--format", "nifti", "-o", output)
    stated = json.loads((tmp_path / "v.nii.audit.json").read_text(encoding="utf-8"))
    assert code == 0
    assert said.startswith("Slices are missing, and NIfTI knows one even grid only")
    assert (stated["export"]["voxels"], stated["stack"]["verdict"]) == ("resampled", "caution")
    assert stated["export"]["words"] in said
    assert stated["export"]["shape_kji"] == [8, 16, 12]


@pytest.mark.parametrize(
    ("kind", "start"),
    [
        ("csv", b"path,"),
        ("stl", b"Trueslice SPACE=LPS UNIT=mm"),
        ("ply", b"ply"),
        ("obj", b"# Trueslice"),
        ("glb", b"glTF"),
    ],
)
def test_export_writes_tags_and_surfaces(
    run: Run, phantom: tuple[Path, str], tmp_path: Path, kind: str, start: bytes
) -> None:
    output = tmp_path / f"out.{kind}"
    code, _, heard = run("export", phantom[0], "--series", phantom[1], "--format", kind, "--level", 0, "-o", output)
    assert (code, heard) == (0, "")
    assert output.read_bytes().lstrip(b"\xef\xbb\xbf").startswith(start)


def test_a_report_is_one_file_that_asks_for_nothing(run: Run, phantom: tuple[Path, str], tmp_path: Path) -> None:
    output = tmp_path / "report.html"
    code, said, heard = run("export", phantom[0], "--series", phantom[1], "--format", "report", "-o", output)
    page = output.read_text(encoding="utf-8")
    addresses = re.findall(r"""(?:src|href|url|action|srcset)\s*[=(]\s*["']?([^"')\s>]+)""", page)
    assert (code, said, heard) == (0, f"Wrote {output.stat().st_size:,} bytes.\n", "")
    assert page.startswith("<!doctype html>")
    assert addresses
    assert [one for one in addresses if not one.startswith(("data:image/png;base64,", "#"))] == []
    assert "<script" not in page
    assert "@import" not in page
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_a_report_holds_the_summary_the_findings_and_the_picture(
    run: Run, phantom: tuple[Path, str], tmp_path: Path
) -> None:
    run("export", phantom[0], "--series", phantom[1], "--format", "report", "-o", tmp_path / "r.html")
    _, said, _ = run("inspect", phantom[0], "--json")
    (stack,) = json.loads(said)["series"][0]["stacks"]
    page = html.unescape((tmp_path / "r.html").read_text(encoding="utf-8"))
    assert stack["summary"] in page
    assert [one["message"] for one in stack["findings"] if one["message"] not in page] == []
    assert "<svg" in page


def test_a_report_to_a_json_file_is_what_inspect_says_of_the_stack(
    run: Run, phantom: tuple[Path, str], tmp_path: Path
) -> None:
    run("export", phantom[0], "--series", phantom[1], "--format", "report", "-o", tmp_path / "r.json")
    _, said, _ = run("inspect", phantom[0], "--json")
    stated = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    (series,) = json.loads(said)["series"]
    assert stated["stack"] == series["stacks"][0]
    assert stated["series"] == {name: value for name, value in series.items() if name != "stacks"}


def test_pictures_that_form_no_volume_have_a_report_too(run: Run, tmp_path: Path) -> None:
    series = make_series(Scan(tags={"ImagePositionPatient": None}))
    path, output = zip_series(tmp_path / "a.zip", series), tmp_path / "r.html"
    code, _, _ = run("export", path, "--series", series[0].SeriesInstanceUID, "--format", "report", "-o", output)
    assert code == 0
    assert "Why there is no 3D" in output.read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", ["nifti", "stl"])
def test_what_will_be_measured_in_carries_its_verdict_beside_it(
    run: Run, phantom: tuple[Path, str], tmp_path: Path, kind: str
) -> None:
    output = tmp_path / "out.file"
    run("export", phantom[0], "--series", phantom[1], "--format", kind, "--level", 0, "-o", output)
    stated = json.loads((tmp_path / "out.file.audit.json").read_text(encoding="utf-8"))["stack"]
    assert stated["verdict"] == "trusted"
    assert stated["summary"].startswith("Spacing 3.00 mm (measured)")


def test_a_surface_without_a_unit_needs_a_level(run: Run, tmp_path: Path) -> None:
    series = make_series(Scan(tags={"Modality": "MR"}))
    path = zip_series(tmp_path / "mr.zip", series)
    code, _, heard = run(
        "export", path, "--series", series[0].SeriesInstanceUID, "--format", "stl", "-o", tmp_path / "x.stl"
    )
    assert code == 1
    assert "--level" in heard
    assert not (tmp_path / "x.stl").exists()


def test_progress_is_shown_on_a_terminal_only(
    run: Run, phantom: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    _, said, heard = run("inspect", phantom[0], "--json")
    assert "decoding 7/7" in heard
    assert json.loads(said)["series"]


@pytest.fixture
def contested(tmp_path: Path) -> tuple[Path, str]:
    """A zip of twelve places with thirteen pictures, the fourth twice, and its series."""
    series = contested_series({3: 1})
    return zip_series(tmp_path / "contested.zip", series), str(series[0].SeriesInstanceUID)


def test_inspect_tells_the_contested_places_and_how_to_pick(run: Run, contested: tuple[Path, str]) -> None:
    code, said, _ = run("inspect", contested[0])
    assert code == 0
    assert "Slice 4 at 44.5\u2009mm, one of:" in said
    assert "picture 13 · number 13 · acquired at 10:01:03" in said
    assert "--pick later: the latest acquired picture of each place" in said


def test_inspect_tells_what_a_pick_would_make(run: Run, contested: tuple[Path, str]) -> None:
    (series,) = json.loads(run("inspect", contested[0], "--pick", "later", "--json")[1])["series"]
    assert [(one["kind"], one["verdict"]) for one in series["stacks"]] == [
        ("pictures", "refused"),
        ("volume", "caution"),
    ]
    assert set(series["stacks"][0]) == STACK_FIELDS | {"choice"}
    assert set(series["stacks"][1]) == STACK_FIELDS | {"picked"}


@pytest.mark.parametrize(("pick", "brighter"), [("earlier", 0), ("later", 7), ("first", 0), ("last", 7)])
def test_probe_gives_the_value_of_the_picked_picture(
    run: Run, contested: tuple[Path, str], pick: str, brighter: int
) -> None:
    point = Scan().point_mm(3, 2, 1)
    _, said, _ = run("probe", contested[0], "--series", contested[1], "--pick", pick, "--json", "--", *point)
    assert json.loads(said)["points"][0]["value"] == value_at(3, 2, 1) - 1024 + brighter


def test_probe_takes_the_marks_that_inspect_prints(run: Run, contested: tuple[Path, str]) -> None:
    (series,) = json.loads(run("inspect", contested[0], "--json")[1])["series"]
    mark = series["stacks"][0]["choice"]["places"][0]["pictures"][1]["mark"]
    point = Scan().point_mm(3, 2, 1)
    _, said, _ = run("probe", contested[0], "--series", contested[1], "--pick", mark, "--", *point)
    assert said.endswith(f": {value_at(3, 2, 1) - 1024 + 7} HU\n")


@pytest.mark.parametrize(
    ("more", "words"),
    [
        pytest.param([], "hold more than one different picture", id="no pick"),
        pytest.param(["--pick", "sooner"], "do not settle", id="no such name"),
        pytest.param(["--pick", "3.0-00000000"], "belong to another input", id="another mark"),
        pytest.param(["--pick", "later", "--stack", "9"], "No such series", id="no such stack"),
    ],
)
def test_nothing_is_picked_silently(run: Run, contested: tuple[Path, str], more: list[str], words: str) -> None:
    code, said, heard = run("probe", contested[0], "--series", contested[1], *more, "--", 0, 0, 0)
    assert (code, said) == (1, "")
    assert words in heard


def test_a_pick_where_nothing_is_contested_is_refused(run: Run, phantom: tuple[Path, str]) -> None:
    code, _, heard = run("probe", phantom[0], "--series", phantom[1], "--pick", "later", "--", 0, 0, 0)
    assert code == 1
    assert "nothing to choose between" in heard


def test_an_export_of_picked_pictures_names_them_beside_it(
    run: Run, contested: tuple[Path, str], tmp_path: Path
) -> None:
    output = tmp_path / "out.nii.gz"
    words = ("--series", contested[1], "--stack", "1", "--pick", "later", "--format", "nifti", "-o", output)
    assert run("export", contested[0], *words)[0] == 0
    stated = json.loads((tmp_path / "out.nii.gz.audit.json").read_text(encoding="utf-8"))["stack"]
    assert stated["verdict"] == "caution"
    assert any("picture 13 (number 13, 10:01:03) taken" in one["message"] for one in stated["findings"])


def test_the_report_of_picked_pictures_names_them(run: Run, contested: tuple[Path, str], tmp_path: Path) -> None:
    output = tmp_path / "out.html"
    run("export", contested[0], "--series", contested[1], "--pick", "later", "--format", "report", "-o", output)
    assert "picture 13 (number 13, 10:01:03) taken" in output.read_text(encoding="utf-8")

"""Look-up, comparison and protocols on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.factories import Scan, make_series, zip_series

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def first(tmp_path: Path) -> Path:
    return zip_series(tmp_path / "first.zip", make_series(Scan(tags={"PatientName": "Doe^Jane"})))


@pytest.fixture
def second(tmp_path: Path) -> Path:
    return zip_series(tmp_path / "second.zip", make_series(Scan(spacing_mm=4.0)))


@pytest.fixture
def both(tmp_path: Path) -> Path:
    return zip_series(tmp_path / "both.zip", make_series(Scan()), make_series(Scan(spacing_mm=4.0)))


def uids(run: Run, path: Path) -> list[str]:
    return [series["series_instance_uid"] for series in json.loads(run("inspect", path, "--json")[1])["series"]]


@pytest.mark.parametrize(
    "words", [("0018,0088",), ("(0018,0088)",), ("0018", "0088"), ("spacing", "between", "slices")]
)
def test_a_tag_is_looked_up_by_number_or_words(run: Run, words: tuple[str, ...]) -> None:
    code, said, _ = run("tag", *words)
    assert (code, said.splitlines()[0]) == (
        0,
        "(0018,0088) SpacingBetweenSlices · Spacing Between Slices · DS 1 · mm",
    )


def test_a_look_up_leads_to_the_standard(run: Run) -> None:
    assert "https://dicom.nema.org/" in run("tag", "0018,0088")[1]


def test_a_makers_term_is_translated(run: Run) -> None:
    assert "THRIVE at Philips" in run("tag", "VIBE")[1]


def test_a_uid_is_decoded(run: Run) -> None:
    assert "MR Image Storage" in run("tag", "1.2.840.10008.5.1.4.1.1.4")[1]


def test_what_nothing_is_called_ends_with_1(run: Run) -> None:
    assert run("tag", "no such thing") == (1, "Nothing is called that.\n", "")


def test_a_long_answer_says_how_much_more_there_is(run: Run) -> None:
    lines = run("tag", "time")[1].splitlines()
    assert (len(lines), lines[-1].endswith("--json")) == (41, True)


def test_a_look_up_for_programs_has_its_sources(run: Run) -> None:
    (term,) = json.loads(run("tag", "VIBE", "--json")[1])["terms"]
    assert term["others"]["GE"] == "FAME or LAVA-XV or LAVA"
    assert any("mriquestions.com" in source for source in term["sources"])


def test_a_series_compared_with_itself_ends_with_0(run: Run, first: Path) -> None:
    code, said, _ = run("compare", first, first)
    assert code == 0
    assert said.splitlines()[-1].startswith("1 of")
    assert "not compared (7FE0,0010) PixelData" in said


def test_series_that_differ_end_with_1_and_say_how(run: Run, first: Path, second: Path) -> None:
    code, said, _ = run("compare", first, second)
    assert code == 1
    assert "different (0018,0050) SliceThickness: 3.0 | 4.0" in said
    assert "computed  Spacing between slice centres (mm): 3 | 4" in said


def test_only_the_elements_that_are_asked_for_count(run: Run, first: Path, second: Path) -> None:
    assert run("compare", first, second, "--find", "Rows")[0] == 0
    assert run("compare", first, second, "--topic", "identity")[0] == 1
    assert run("compare", first, second, "--group", "0028")[0] == 0
    assert run("compare", first, second, "--find", "^slice th", "--regex")[0] == 1


def test_a_comparison_for_programs_is_one_document(run: Run, first: Path, second: Path) -> None:
    document = json.loads(run("compare", first, second, "--json")[1])
    (thickness,) = [row for row in document["rows"] if row["tag"] == "0018,0050"]
    assert (thickness["state"], [cell["value"] for cell in thickness["cells"]]) == ("different", ["3.0", "4.0"])
    assert document["columns"] == ["CT · Maker · Phantom · 7 slices"] * 2


def test_a_comparison_can_be_a_page_or_a_table(run: Run, first: Path, second: Path) -> None:
    assert run("compare", first, second, "--html")[1].startswith("<!doctype html>")
    assert run("compare", first, second, "--csv")[1].startswith("path,tag,keyword")


def test_one_of_several_series_is_named_behind_the_path(run: Run, both: Path) -> None:
    one, other = uids(run, both)
    code, said, _ = run("compare", f"{both}#{one}", f"{both}#{other}", "--find", "SliceThickness")
    assert (code, said.splitlines()[0].startswith("1: CT")) == (1, True)


def test_of_several_series_none_is_chosen_silently(run: Run, both: Path, first: Path) -> None:
    code, _, said = run("compare", both, first)
    assert (code, "PATH#UID" in said) == (2, True)


@pytest.mark.parametrize("words", [("compare",), ("compare", "only-one"), ("compare", "no", "such"), ("protocol",)])
def test_wrong_usage_ends_with_2(run: Run, words: tuple[str, ...]) -> None:
    assert run(*words)[0] == 2


def test_an_expression_that_cannot_be_used_ends_with_2(run: Run, first: Path) -> None:
    code, _, said = run("compare", first, first, "--find", "(", "--regex")
    assert (code, "cannot be used" in said) == (2, True)


def test_the_help_says_what_the_exit_codes_mean(run: Run) -> None:
    assert "0 when no element that counts differs" in " ".join(run("compare", "--help")[1].split())


def test_a_series_passes_the_protocol_that_was_saved_of_it(run: Run, first: Path, second: Path, tmp_path: Path) -> None:
    reference = tmp_path / "protocol.json"
    assert run("protocol", "save", first, "-o", reference)[0] == 0
    assert "Doe" not in reference.read_text(encoding="utf-8")
    assert run("protocol", "check", reference, first)[0] == 0
    code, said, _ = run("protocol", "check", reference, second)
    assert code == 1
    assert "differs  Slice Thickness: Slice Thickness is 4.0 mm; 3.0 mm ± 1 % is asked for." in said


def test_a_protocol_check_for_programs_is_one_document(run: Run, first: Path, tmp_path: Path) -> None:
    run("protocol", "save", first, "-o", tmp_path / "protocol.json")
    document = json.loads(run("protocol", "check", tmp_path / "protocol.json", first, "--json")[1])
    assert document["passed"] is True
    assert {check["outcome"] for check in document["checks"]} == {"pass"}


def test_a_file_that_is_no_reference_ends_with_2(run: Run, first: Path, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{}")
    assert run("protocol", "check", tmp_path / "x.json", first)[0] == 2
    assert run("protocol", "check", tmp_path / "none.json", first)[0] == 2

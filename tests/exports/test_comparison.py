"""A comparison as one file that stands alone, and in which text stays text."""

from __future__ import annotations

from tests.compare.stacks import column, meta, table
from tests.exports.test_report import HOSTILE, Elements
from webapp.compare.search import Query
from webapp.compare.view import Comparison
from webapp.exports.report import comparison_html


def page(query: Query | None = None, label: str = "one", **elements: str) -> str:
    one = table(Rows="16", EchoTime="3", PatientName="Doe^Jane", **elements)
    other = table(Rows="16", EchoTime="3.0", SliceThickness="4")
    return comparison_html(Comparison((column(label, one, meta()), column("other", other, meta()))), query or Query())


def test_it_is_named_and_says_what_it_is_not_for_and_what_it_may_hold() -> None:
    told = page()
    assert "<title>Trueslice comparison</title>" in told
    assert "not for diagnosis" in told
    assert "it may name the patient" in told


def test_what_differs_stands_first_and_every_row_is_there() -> None:
    told = page()
    assert told.index("Missing in some: 2") < told.index("Differs only in formatting: 1") < told.index("Equal: 1")


def test_computed_rows_and_meanings_are_told() -> None:
    told = page()
    assert "Computed, not read" in told
    assert "not used for spacing: only for the gap between slices" in told


def test_only_rows_that_were_asked_for_are_told() -> None:
    assert "PatientName" not in page(Query("0018,0050"))


def test_it_runs_nothing_and_asks_for_nothing() -> None:
    elements = Elements(page())
    assert not elements.named("script")
    assert not elements.named("link")
    assert not [held for _, held in elements.found if "src" in held or "href" in held]


def test_text_from_a_file_stays_text() -> None:
    elements = Elements(page(label=HOSTILE, ImageComments=HOSTILE, SeriesDescription=HOSTILE))
    assert not elements.named("script")
    assert not elements.named("img")


def test_a_long_value_says_how_much_is_left_out() -> None:
    assert "44 more characters" in page(ImageComments="x" * 300)

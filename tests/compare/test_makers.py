"""The same protocol in every maker's words."""

from __future__ import annotations

import pytest

from tests.compare.stacks import compared, table
from webapp.compare.likeness import State
from webapp.compare.makers import maker_rows, protocol_lines
from webapp.dicom.tag_table import TagTable


def vibe(**more: str) -> TagTable:
    return table(Modality="MR", Manufacturer="SIEMENS", SeriesDescription="ax_vibe_tra", **more)


def test_the_same_protocol_at_another_maker_is_one_line() -> None:
    (line,) = protocol_lines(vibe())
    assert line == (
        "VIBE (Siemens, in Series Description) is volume-interpolated fat-suppressed 3D spoiled gradient echo: FAME or "
        "LAVA-XV or LAVA at GE; THRIVE at Philips; 3D QUICK at Canon; TIGRE at Fujifilm; quick3d (inferred) at United "
        "Imaging."
    )


def test_bandwidth_is_said_in_every_unit_with_its_formula() -> None:
    lines = protocol_lines(vibe(PixelBandwidth="240", AcquisitionMatrix="0\\256\\230\\0", MagneticFieldStrength="3"))
    assert lines[1] == (
        "Bandwidth 240 Hz/pixel: 240 Hz/pixel × 256 pixels / 2 = ±30.72 kHz; "
        "3.4 ppm × 127.73 MHz / 240 Hz/pixel = 1.81 pixels."
    )


def test_averages_have_a_name_at_every_maker() -> None:
    assert protocol_lines(vibe(NumberOfAverages="2"))[1].startswith(
        "Averages 2: Averages at Siemens; NEX at GE; NSA at Philips"
    )


def test_codes_are_decoded_by_their_own_element() -> None:
    lines = protocol_lines(vibe(SequenceVariant="SP", ScanOptions="SP"))
    assert "Sequence Variant (0018,0021): SP spoiled." in lines
    assert "Scan Options (0018,0022): SP spatial presaturation." in lines


def test_nothing_is_said_of_other_modalities() -> None:
    assert protocol_lines(table(Modality="CT", Manufacturer="SIEMENS", SeriesDescription="VIBE")) == ()


def test_two_makers_names_of_one_sequence_stand_side_by_side() -> None:
    ge = table(Modality="MR", Manufacturer="GE MEDICAL SYSTEMS", SeriesDescription="Ax LAVA")
    rows = {row.keyword: row for row in maker_rows([vibe(PixelBandwidth="240"), ge])}
    concept = "Volume-interpolated fat-suppressed 3D spoiled gradient echo"
    assert (rows["sequence"].values, rows["sequence"].state) == ((concept, concept), State.EQUAL)
    assert rows["bandwidth"].values == ("240", None)


@pytest.mark.parametrize(("other", "state"), [("242", State.FORMATTING), ("300", State.DIFFERENT)])
def test_bandwidths_that_differ_a_little_are_the_same(other: str, state: State) -> None:
    rows = {row.keyword: row for row in maker_rows([vibe(PixelBandwidth="240"), vibe(PixelBandwidth=other)])}
    assert rows["bandwidth"].state is state


def test_the_formula_stands_beside_the_number() -> None:
    tags = vibe(PixelBandwidth="240", AcquisitionMatrix="256\\0\\0\\230", ImagingFrequency="63.9")
    lines = {line.row.keyword: line.cells[0] for line in compared(tags).view().computed}
    assert lines["half_band"].meaning is not None
    assert lines["half_band"].meaning.short == "240 Hz/pixel × 256 pixels / 2 = ±30.72 kHz"

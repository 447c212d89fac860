"""What a protocol is in words that belong to no maker, beside what its own maker calls it."""

from __future__ import annotations

from collections.abc import Sequence

from webapp.compare.computed import Computed, side_by_side
from webapp.compare.likeness import Tolerance
from webapp.compare.table import ComparedRow
from webapp.dicom.tag_table import TagTable
from webapp.dicom.vendor_terms.bandwidth import bandwidth_of
from webapp.dicom.vendor_terms.lists import TERMS, maker_of
from webapp.dicom.vendor_terms.translate import CODED, decoded_words, named_in

#: Bandwidths are the same within this: matrices and fields differ a little between scanners.
_NEAR = Tolerance(relative=0.02, absolute=0.0)

#: What averages are called, by maker.
_AVERAGES_NAMES = "; ".join(
    f"{' or '.join(one.term for one in TERMS if one.concept == 'signal averages' and one.maker == maker)} at {maker}"
    for maker in dict.fromkeys(one.maker for one in TERMS if one.concept == "signal averages")
)

_QUANTITIES = (
    Computed("maker", "Maker", vr="LO"),
    Computed("sequence", "Sequence and options that are named", vr="LO"),
    Computed("bandwidth", "Bandwidth", "Hz/pixel"),
    Computed("half_band", "Bandwidth, ± over all pixels", "kHz"),
    Computed("shift", "Fat-water shift", "pixels"),
    Computed("averages", "Averages: NEX, NSA, NAQ"),
)


def maker_in(table: TagTable) -> str:
    """The maker of the scanner, empty where it is none of those whose terms are known.

    Parameters
    ----------
    table : TagTable
    """
    return maker_of(next(iter(table.values("0008,0070")), ""))


def protocol_lines(table: TagTable) -> tuple[str, ...]:
    """The same protocol at another maker: a line for each term that the series names, bandwidth and averages.

    Parameters
    ----------
    table : TagTable
        Of MR; of anything else there are no lines.
    """
    if table.values("0008,0060") != ["MR"]:
        return ()
    lines = [one.line for one in named_in(table)]
    bandwidth = bandwidth_of(table)
    if bandwidth is not None:
        lines.append(f"Bandwidth {bandwidth.hz_per_pixel:.4g} Hz/pixel: {'; '.join(bandwidth.formulas)}.")
    averages = table.values("0018,0083")
    if len(averages) == 1 and averages[0]:
        lines.append(f"Averages {averages[0]}: {_AVERAGES_NAMES}.")
    for tag in CODED:
        row = table.find(tag)
        for value in table.values(tag)[:1]:
            if row is not None and value:
                lines.append(f"{row.name} ({tag}): {decoded_words(tag, value, maker_in(table))}.")
    return tuple(lines)


def maker_rows(tables: Sequence[TagTable], reference: int = 0) -> tuple[ComparedRow, ...]:
    """Rows of what no maker's word is needed for, side by side.

    Parameters
    ----------
    tables : sequence of TagTable
        One a column.
    reference : int
    """
    return side_by_side(_QUANTITIES, [_told(table) for table in tables], reference, _NEAR)


def formulas_of(table: TagTable) -> dict[str, str]:
    """How the rows were worked out: the terms that were read, the formulas of bandwidths; by the name of the row.

    Parameters
    ----------
    table : TagTable
    """
    if table.values("0008,0060") != ["MR"]:
        return {}
    named, bandwidth = named_in(table), bandwidth_of(table)
    told = {"sequence": " ".join(one.line for one in named)} if named else {}
    if bandwidth is not None:
        told |= dict(zip(("half_band", "shift"), bandwidth.formulas, strict=True))
    return told


def _told(table: TagTable) -> dict[str, str]:
    """What one series says, by name of the row."""
    if table.values("0008,0060") != ["MR"]:
        return {}
    named = named_in(table)
    bandwidth = bandwidth_of(table)
    averages = table.values("0018,0083")
    told = {
        "maker": maker_in(table),
        "sequence": "; ".join(sorted(one.term.concept for one in named)),
        "averages": averages[0] if len(averages) == 1 else "",
    }
    if bandwidth is not None:
        told["bandwidth"] = f"{bandwidth.hz_per_pixel:.4g}"
        if bandwidth.half_band_khz is not None:
            told["half_band"] = f"{bandwidth.half_band_khz:.4g}"
        if bandwidth.shift_pixels is not None:
            told["shift"] = f"{bandwidth.shift_pixels:.3g}"
    return {name: value for name, value in told.items() if value}

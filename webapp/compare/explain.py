"""What stands beside a value: what was done with the tag, what its codes and identifiers stand for."""

from __future__ import annotations

from collections.abc import Mapping

from webapp.compare.meaning import Meaning
from webapp.dicom.dictionary import uid_name
from webapp.dicom.tag_row import TagRow
from webapp.dicom.vendor_terms.translate import CODED, decoded_words


def explained(cell: TagRow | None, tag: str, meanings: Mapping[str, Meaning], maker: str) -> Meaning | None:
    """What there is to say beside one value; None for most.

    Parameters
    ----------
    cell : TagRow or None
    tag : str
    meanings : mapping of str to Meaning
        Of the column's stack, from `meanings_of`.
    maker : str
        Of its scanner; empty where its terms are not known.
    """
    if tag in meanings:
        return meanings[tag]
    if cell is None or not cell.value:
        return None
    value = cell.value if cell.column is None else cell.column.values[0]
    if tag in CODED and maker:
        return Meaning(decoded_words(tag, value, maker))
    name = uid_name(value) if cell.vr == "UI" else ""
    return Meaning(name) if name else None

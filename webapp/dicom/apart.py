"""Which pictures of a series this version does not show, and why."""

from __future__ import annotations

from webapp.dicom.colour import COLOURS, GREYS, PALETTE
from webapp.dicom.model import Instance, Series
from webapp.findings import Finding, Severity


def reason_apart(instance: Instance, mixed: bool) -> tuple[str, str] | None:
    """Code and sentence for a picture that is not shown, or None."""
    form = instance.format
    if not form.photometric:
        return "photometric", "Its header does not say how brightness runs: the Photometric Interpretation (0028,0004)."
    if form.photometric not in (COLOURS if form.samples > 1 else (*GREYS, PALETTE)):
        return "photometric", "Its Photometric Interpretation (0028,0004) is none that is shown here."
    if mixed and is_localizer(instance):
        return "overview", "An overview picture (localizer) beside the stack; it is no part of it."
    return None


def unshown_slices(series: Series) -> list[Instance]:
    """Pictures that are set apart for how they are stored though they lie in the patient like slices.

    Parameters
    ----------
    series : Series
    """
    return [one for one in series.instances if one.placement is not None and reason_apart(one, mixed=False)]


def is_localizer(instance: Instance) -> bool:
    """Whether Image Type calls it an overview picture."""
    return "LOCALIZER" in instance.image_type


def overviews(count: int) -> Finding:
    """G13: what was taken out of the series."""
    message = f"{count} overview picture{'' if count == 1 else 's'} (localizers) of the series set aside."
    return Finding("G13", Severity.NOTE, message, {"pictures": count}, ("0008,0008",))

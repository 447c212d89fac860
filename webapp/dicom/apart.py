"""Which pictures of a series stand apart from its stacks: what this version does not show, and overview pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from webapp.dicom.colour import COLOURS, GREYS, PALETTE
from webapp.dicom.model import Instance, Series, SetAside
from webapp.findings import OVERVIEWS, Finding, Severity


def set_apart(series: Series) -> tuple[Series, list[SetAside]]:
    """The series without what this version does not show, each with its reason.

    Parameters
    ----------
    series : Series
    """
    reasons = [(instance, _reason_apart(instance)) for instance in series.instances]
    aside = [SetAside(instance.name, *reason) for instance, reason in reasons if reason]
    kept = tuple(instance for instance, reason in reasons if not reason)
    return replace(series, instances=kept), list(dict.fromkeys(aside))


def _reason_apart(instance: Instance) -> tuple[str, str] | None:
    """Code and sentence for a picture that is not shown, or None."""
    form = instance.format
    if not form.photometric:
        return "photometric", "Its header does not say how brightness runs: the Photometric Interpretation (0028,0004)."
    if form.photometric not in (COLOURS if form.samples > 1 else (*GREYS, PALETTE)):
        return "photometric", "Its Photometric Interpretation (0028,0004) is none that is shown here."
    return None


def unshown_slices(series: Series) -> list[Instance]:
    """Pictures that are set apart for how they are stored though they lie in the patient like slices.

    Parameters
    ----------
    series : Series
    """
    return [one for one in series.instances if one.placement is not None and _reason_apart(one)]


def without_overviews(instances: Sequence[Instance]) -> tuple[tuple[Instance, ...], tuple[Instance, ...]]:
    """The pictures of a series, and the overview pictures beside them (localizers, by Image Type).

    Parameters
    ----------
    instances : sequence of Instance
        Of one series.

    Returns
    -------
    tuple of two tuples of Instance
        The second is empty where there are none, and where there is nothing else: then they are the series.
    """
    others = tuple(instance for instance in instances if not _is_localizer(instance))
    if not others:
        return tuple(instances), ()
    return others, tuple(instance for instance in instances if _is_localizer(instance))


def _is_localizer(instance: Instance) -> bool:
    """Whether Image Type calls it an overview picture."""
    return "LOCALIZER" in instance.image_type


def taken_out(count: int) -> Finding:
    """G13, on the stacks of a series: what was taken out of it.

    Parameters
    ----------
    count : int
        Overview pictures.
    """
    message = f"{_named(count)} of the series {_put(count)} a stack of {'its' if count == 1 else 'their'} own."
    return Finding("G13", Severity.NOTE, message, {"pictures": count}, ("0008,0008",))


def beside_a_stack(count: int) -> Finding:
    """G13, on the stack of the overview pictures: what they are.

    Parameters
    ----------
    count : int
    """
    message = f"{_named(count)}, sent in one series with other pictures: shown one by one, each in its own place."
    return Finding("G13", Severity.NOTE, message, {OVERVIEWS: count}, ("0008,0008",))


def _named(count: int) -> str:
    """So many overview pictures."""
    return f"{count} overview picture{'' if count == 1 else 's'} (localizer{'' if count == 1 else 's'})"


def _put(count: int) -> str:
    """The verb of so many."""
    return "is" if count == 1 else "are"

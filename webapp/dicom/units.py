"""What the values of a stack are measured in, and when that cannot be said: G65."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from webapp.dicom.model import Instance
from webapp.dicom.values import text
from webapp.findings import Finding, Severity

_EVIDENCE: Final = ("0028,1052", "0028,1053", "0028,1054")

#: Rescale Types of a CT whose values are Hounsfield units (PS3.3 C.8.2.1.1.2).
_HOUNSFIELD: Final = ("", "HU")


def unit_of(instances: Sequence[Instance]) -> str | None:
    """The unit of the modality values, where every picture of the stack has the same one.

    HU for a CT with a complete rescale stage, the Units (0054,1001) of PET when they are becquerel per millilitre, Gy
    for a dose grid that says so (PS3.3 C.8.8.3).

    Parameters
    ----------
    instances : sequence of at least 1 Instance
    """
    if len({instance.scale.present for instance in instances}) > 1:
        return None
    units = {_unit(instance) for instance in instances}
    return units.pop() if len(units) == 1 else None


def _unit(instance: Instance) -> str | None:
    """The unit of one picture."""
    if instance.modality == "RTDOSE":
        return "Gy" if text(instance.dataset, "DoseUnits").upper() == "GY" else None
    if instance.modality == "CT":
        return "HU" if instance.scale.present and instance.scale.kind in _HOUNSFIELD else None
    if instance.modality == "PT" and text(instance.dataset, "Units") == "BQML":
        return "Bq/ml"
    return None


def unit_findings(instances: Sequence[Instance]) -> list[Finding]:
    """G65: values of a CT that are not known to be Hounsfield units, or pictures of which only some are rescaled.

    Parameters
    ----------
    instances : sequence of at least 1 Instance
    """
    without, of = sum(not instance.scale.present for instance in instances), len(instances)
    numbers = {"without_rescale": without}
    if 0 < without < of:
        message = (
            f"{without} of {of} pictures carry no complete rescale stage, the others do: their values cannot be "
            "compared, and no unit is shown."
        )
        return [Finding("G65", Severity.WARN, message, numbers, _EVIDENCE)]
    if instances[0].modality != "CT" or unit_of(instances) is not None:
        return []
    message = "The Rescale Type (0028,1054) is not Hounsfield units in every picture: no unit is shown."
    if without:
        message = "The pictures carry no complete rescale stage: the values are not known to be Hounsfield units."
    return [Finding("G65", Severity.WARN, message, numbers, _EVIDENCE)]

"""What the values of a stack are measured in, and when that cannot be said: G65."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from webapp.dicom.modality_lut import is_rescaled, kind_of_values
from webapp.dicom.model import Instance
from webapp.dicom.values import text
from webapp.findings import Finding, Severity

_EVIDENCE: Final = ("0028,1052", "0028,1053", "0028,1054")

#: Rescale Types, and Modality LUT Types, of a CT whose values are Hounsfield units (PS3.3 C.8.2.1.1.2).
_HOUNSFIELD: Final = ("", "HU")

#: Units (0054,1001) of PET that are printed, by the standard's word (PS3.3 C.8.9.1.1.3).
_PET: Final = {"BQML": "Bq/ml", "CNTS": "counts", "GML": "g/ml", "CM2ML": "cm²/ml"}


def unit_of(instances: Sequence[Instance]) -> str | None:
    """The unit of the modality values, where every picture of the stack has the same one.

    HU for a CT with a complete rescale stage, the Units (0054,1001) of a rescaled PET, Gy for a dose grid that says so
    (PS3.3 C.8.8.3).

    Parameters
    ----------
    instances : sequence of at least 1 Instance
    """
    if len({is_rescaled(instance) for instance in instances}) > 1:
        return None
    units = {_unit(instance) for instance in instances}
    return units.pop() if len(units) == 1 else None


def _unit(instance: Instance) -> str | None:
    """The unit of one picture."""
    if instance.modality == "RTDOSE":
        return "Gy" if text(instance.dataset, "DoseUnits").upper() == "GY" else None
    if not is_rescaled(instance):
        return None
    if instance.modality == "CT":
        return "HU" if kind_of_values(instance) in _HOUNSFIELD else None
    if instance.modality == "PT":
        return _PET.get(pet_units(instance))
    return None


def pet_units(instance: Instance) -> str:
    """The Units (0054,1001) of a PET, in capitals; empty where they are not given.

    Parameters
    ----------
    instance : Instance
    """
    return text(instance.dataset, "Units").upper()


def unit_findings(instances: Sequence[Instance]) -> list[Finding]:
    """G65: values whose unit ought to be known and is not, or pictures of which only some are rescaled.

    Parameters
    ----------
    instances : sequence of at least 1 Instance
    """
    without, of = sum(not is_rescaled(instance) for instance in instances), len(instances)
    numbers = {"without_rescale": without}
    if 0 < without < of:
        message = (
            f"{without} of {of} pictures carry no complete rescale stage, the others do: their values cannot be "
            "compared, and no unit is shown."
        )
        return [Finding("G65", Severity.WARN, message, numbers, _EVIDENCE)]
    if instances[0].modality not in ("CT", "PT") or unit_of(instances) is not None:
        return []
    if instances[0].modality == "PT":
        return [_unknown_pet_unit(instances)]
    message = "The Rescale Type (0028,1054) is not Hounsfield units in every picture: no unit is shown."
    if without:
        message = "The pictures carry no complete rescale stage: the values are not known to be Hounsfield units."
    return [Finding("G65", Severity.WARN, message, numbers, _EVIDENCE)]


def _unknown_pet_unit(instances: Sequence[Instance]) -> Finding:
    """G65 of a PET: why its values have no unit."""
    units = {pet_units(instance) for instance in instances}
    if len(units) > 1:
        message = f"The Units (0054,1001) of the pictures are of {len(units)} kinds: no unit is shown."
    elif "" in units:
        message = "The Units (0054,1001) are not given: no unit is shown."
    elif not is_rescaled(instances[0]):
        message = "The pictures carry no complete rescale stage: no unit is shown."
    else:
        message = "The Units (0054,1001) are none that are known here: no unit is shown."
    return Finding("G65", Severity.WARN, message, {"kinds": len(units)}, ("0054,1001", *_EVIDENCE[:2]))

"""Gap, overlap and cross-talk: what lies between slices, measured spacing against nominal thickness: G45.

A slice profile that spills over saturates its neighbour in 2D MR when both are excited shortly after each other.
Pictures do not record it, so the words only say what the geometry makes possible. Protocol pages ask for a gap of
10 to 20 % in sequential 2D imaging (GE, mr-tip, IMAIOS), the ACR for at most 30 % in the female pelvis.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from webapp.config import AuditThresholds
from webapp.dicom.acquisition_order import is_interleaved
from webapp.dicom.audited import Audited
from webapp.dicom.grid import GridKind
from webapp.dicom.protocol import NUCLEAR, Protocol, protocol_of
from webapp.dicom.tolerances import is_thickness, thickness_of
from webapp.findings import Finding, Severity

_EVIDENCE: Final = ("0018,0050", "0018,0023", "0018,0080", "0018,0020")

_ORDER: Final = (Severity.OK, Severity.NOTE, Severity.WARN)


@dataclass(frozen=True, slots=True)
class Between:
    """What lies between two neighbouring slices, mm.

    Parameters
    ----------
    spacing_mm, thickness_mm : float
    """

    spacing_mm: float
    thickness_mm: float

    @property
    def gap_mm(self) -> float:
        """Not imaged between the slices; negative where they overlap."""
        return self.spacing_mm - self.thickness_mm

    @property
    def percent(self) -> float:
        """The gap in percent of the thickness, to the tenth that tags and positions can mean."""
        return round(100 * self.gap_mm / self.thickness_mm, 1)

    @property
    def unseen_percent(self) -> float:
        """The share of the depth that no slice covers."""
        return max(0.0, 100 * self.gap_mm / self.spacing_mm)

    @property
    def words(self) -> str:
        """The gap or overlap with its numbers."""
        return f"{abs(self.gap_mm):.2f} mm ({abs(self.percent):.0f} %)"


#: How a modality judges what lies between two slices: a severity and a sentence.
Rule = Callable[[Between, AuditThresholds], tuple[Severity, str]]


def gap_findings(stack: Audited) -> list[Finding]:
    """G45: the gap or overlap by the rules of its modality; nothing where no thickness is credible (G43).

    Where gaps differ, the gravest of the narrowest and the widest is said.
    """
    spacings, thicknesses = _pairs(stack)
    if not len(spacings):
        return []
    limits = stack.thresholds
    protocol = protocol_of(stack.first, float(np.median(thicknesses)), limits.thick_slice_mm)
    gaps = spacings - thicknesses
    extremes = [Between(float(spacings[at]), float(thicknesses[at])) for at in (gaps.argmin(), gaps.argmax())]
    judged = [(*_rule(protocol)(between, limits), between) for between in extremes]
    severity, words, between = max(judged, key=lambda one: _ORDER.index(one[0]))
    if gaps.max() - gaps.min() > limits.contiguous_percent / 100 * between.thickness_mm:
        words = f"From slice to slice the gap changes from {gaps.min():.2f} to {gaps.max():.2f} mm. {words}"
    numbers = {
        "spacing_mm": between.spacing_mm,
        "thickness_mm": between.thickness_mm,
        "gap_mm": between.gap_mm,
        "gap_percent": between.percent,
        "sampled_percent": 100 - between.unseen_percent,
    }
    if protocol.two_dimensional:
        severity, words, more = _cross_talk(stack, protocol, extremes[0], severity, words)
        numbers |= more
    return [Finding("G45", severity, words, numbers, _EVIDENCE)]


def _pairs(stack: Audited) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Spacing and mean thickness of neighbouring slices; one pair stands for all where nothing changes."""
    thickness = thickness_of(stack.instances)
    spacings = stack.gaps_mm if stack.grid.kind is GridKind.VARIABLE else np.array([stack.grid.spacing_mm])
    if thickness is not None:
        return spacings, np.full(len(spacings), thickness)
    recorded = [instance.recorded.thickness for instance in stack.instances]
    if not all(map(is_thickness, recorded)):
        return np.empty(0), np.empty(0)
    each = np.array(recorded, np.float64)
    pairs = (each[1:] + each[:-1]) / 2
    return (stack.gaps_mm if len(spacings) > 1 else np.full(len(pairs), spacings[0])), pairs


def _rule(protocol: Protocol) -> Rule:
    """How the gap of a modality is judged."""
    if protocol.two_dimensional is not None:
        return _two_dimensional if protocol.two_dimensional else _three_dimensional
    if protocol.modality == "CT":
        return _computed_tomography
    return _counted if protocol.modality in NUCLEAR else _other


def _two_dimensional(between: Between, limits: AuditThresholds) -> tuple[Severity, str]:
    """2D MR."""
    percent, unseen = between.percent, f"{between.unseen_percent:.0f} %"
    if percent < -limits.contiguous_percent:
        return (
            Severity.WARN,
            f"The slices overlap by {between.words}: in 2D MR this is unusual (interpolated or re-cut data?) and "
            "invites cross-talk.",
        )
    if percent < limits.small_gap_percent:
        gap = f"Almost no gap, {between.words}, lies" if percent > limits.contiguous_percent else "No gap lies"
        return Severity.NOTE, f"{gap} between the slices: cross-talk is possible unless they were interleaved."
    if percent <= limits.usual_gap_percent:
        return Severity.OK, f"A usual gap of {between.words} is not imaged between slices: {unseen} of the depth."
    if percent <= limits.wide_gap_percent:
        return (
            Severity.NOTE,
            f"A wide gap of {between.words} is not imaged between slices, {unseen} of the depth: small findings can "
            "be missed.",
        )
    if percent <= limits.skipped_gap_percent:
        return Severity.WARN, f"About {unseen} of the depth is not imaged: the gap between slices is {between.words}."
    return Severity.WARN, _more_skipped(between)


def _more_skipped(between: Between) -> str:
    """Words for a gap wider than the slices."""
    return (
        f"More is skipped than imaged: the gap between slices is {between.words}, so {between.unseen_percent:.0f} % of "
        "the depth is not imaged. 3D views are guesses between slices."
    )


def _three_dimensional(between: Between, limits: AuditThresholds) -> tuple[Severity, str]:
    """3D MR: partitions of one slab."""
    if between.percent > limits.contiguous_percent:
        return Severity.WARN, f"A gap of {between.words} lies between partitions, unusual for 3D: were slices removed?"
    if between.percent < -limits.contiguous_percent:
        return (
            Severity.NOTE,
            f"The partitions are interpolated: they overlap by {between.words}, so real detail is about "
            f"{between.thickness_mm:.2f} mm, not {between.spacing_mm:.2f} mm.",
        )
    return Severity.OK, "The partitions lie side by side; in 3D there is no cross-talk."


def _computed_tomography(between: Between, limits: AuditThresholds) -> tuple[Severity, str]:
    """CT."""
    percent = between.percent
    if percent < -limits.heavy_overlap_percent:
        return Severity.NOTE, f"Heavy overlap, {between.words}: it adds no detail."
    if percent < -limits.contiguous_percent:
        return Severity.OK, f"The slices overlap by {between.words}: good for reformats."
    if percent <= limits.contiguous_percent:
        return Severity.OK, "The slices lie side by side; curved surfaces can show steps."
    if percent <= limits.skipped_gap_percent:
        return Severity.WARN, f"Gaps of {between.words} lie between the slices: side views contain guesses."
    return (
        Severity.WARN,
        f"{_more_skipped(between)} This is sampling as in high-resolution CT of the lung, not meant for 3D.",
    )


def _counted(between: Between, limits: AuditThresholds) -> tuple[Severity, str]:
    """PET and nuclear medicine."""
    if abs(between.percent) <= limits.contiguous_percent:
        return Severity.OK, "The slices lie side by side."
    what = "A gap" if between.gap_mm > 0 else "An overlap"
    return Severity.NOTE, f"{what} of {between.words} by the thickness tag; the detector sets the resolution."


def _other(between: Between, limits: AuditThresholds) -> tuple[Severity, str]:
    """Modalities without a rule of their own: the numbers only."""
    if abs(between.percent) <= limits.contiguous_percent:
        return Severity.OK, "The slices lie side by side."
    if between.gap_mm < 0:
        return Severity.OK, f"The slices overlap by {between.words}."
    return Severity.NOTE, f"Between the slices {between.words} is not imaged."


def _cross_talk(
    stack: Audited, protocol: Protocol, tightest: Between, severity: Severity, words: str
) -> tuple[Severity, str, dict[str, float]]:
    """What else is known of 2D MR: how sure 2D is, interleaving, and a sequence that makes cross-talk plausible."""
    limits = stack.thresholds
    if not protocol.said:
        words += " That it is 2D is concluded from the thickness; the header does not say."
    interleaved = is_interleaved(stack.instances)
    if interleaved:
        words += " The slices were acquired interleaved, every second one first, which lowers cross-talk."
    short = protocol.repetition_ms is not None and protocol.repetition_ms < limits.short_repetition_ms
    plausible = tightest.percent < limits.small_gap_percent and protocol.refocused and short
    if plausible:
        words += (
            f" With 180° pulses and a repetition time of {protocol.repetition_ms:.0f} ms cross-talk is plausible; the "
            "picture cannot prove it."
        )
    noted = Severity.NOTE if plausible and severity is Severity.OK else severity
    return noted, words, {"interleaved": int(interleaved), "cross_talk_plausible": int(plausible)}

"""Receiver bandwidth in one unit: Hz per pixel, half the band in kHz, and the shift of fat against water in pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from webapp.dicom.tag_table import TagTable
from webapp.dicom.tag_variation import numbers_of

#: The frequency of water protons, MHz per T, and how far fat lies from it, parts in a million: 3.4 gives the 434 Hz at
#: 3 T that converters of Philips files count with.
GYROMAGNETIC_MHZ_PER_T: Final = 42.577
FAT_SHIFT_PPM: Final = 3.4


@dataclass(frozen=True, slots=True)
class Bandwidth:
    """A bandwidth with what it takes to say it in every unit.

    Parameters
    ----------
    hz_per_pixel : float
        Pixel Bandwidth (0018,0095).
    samples : int or None
        Pixels along the frequency direction, from Acquisition Matrix (0018,1310).
    frequency_mhz : float or None
        Of water: Imaging Frequency (0018,0084), or from the field (0018,0087).
    """

    hz_per_pixel: float
    samples: int | None = None
    frequency_mhz: float | None = None

    @property
    def half_band_khz(self) -> float | None:
        """±kHz over all samples, as GE and Fujifilm show it; None without the number of samples."""
        return None if self.samples is None else self.hz_per_pixel * self.samples / 2000

    @property
    def shift_pixels(self) -> float | None:
        """How far fat lies from water in the picture, as Philips shows it; None without a frequency."""
        return None if self.frequency_mhz is None else FAT_SHIFT_PPM * self.frequency_mhz / self.hz_per_pixel

    @property
    def formulas(self) -> tuple[str, ...]:
        """How each number was worked out, with the numbers used, or what it lacks."""
        hz = f"{self.hz_per_pixel:.4g} Hz/pixel"
        band = "±kHz needs the Acquisition Matrix (0018,1310)"
        if self.half_band_khz is not None:
            band = f"{hz} × {self.samples} pixels / 2 = ±{self.half_band_khz:.4g} kHz"
        shift = "the fat-water shift needs the field (0018,0087)"
        if self.shift_pixels is not None:
            shift = f"{FAT_SHIFT_PPM} ppm × {self.frequency_mhz:.5g} MHz / {hz} = {self.shift_pixels:.3g} pixels"
        return band, shift


def from_half_band(khz: float, samples: int, frequency_mhz: float | None = None) -> Bandwidth:
    """The bandwidth of a protocol that states ±kHz.

    Parameters
    ----------
    khz : float
        Half the band.
    samples : int
        Pixels along the frequency direction.
    frequency_mhz : float, optional
    """
    return Bandwidth(2000 * khz / samples, samples, frequency_mhz)


def from_shift(pixels: float, frequency_mhz: float, samples: int | None = None) -> Bandwidth:
    """The bandwidth of a protocol that states the fat-water shift.

    Parameters
    ----------
    pixels : float
    frequency_mhz : float
        Of water.
    samples : int, optional
    """
    return Bandwidth(FAT_SHIFT_PPM * frequency_mhz / pixels, samples, frequency_mhz)


def bandwidth_of(table: TagTable) -> Bandwidth | None:
    """The bandwidth of a series; None where its header does not say, or says several.

    Parameters
    ----------
    table : TagTable
    """
    hz = _only(table, "0018,0095")
    if not hz or hz <= 0:
        return None
    return Bandwidth(hz, _samples(table), _frequency_mhz(table))


def _only(table: TagTable, tag: str) -> float | None:
    """The one number that all instances agree on."""
    found = table.values(tag)
    numbers = numbers_of(found[0], "DS") if len(found) == 1 else None
    return numbers[0] if numbers is not None and len(numbers) == 1 else None


def _samples(table: TagTable) -> int | None:
    """Pixels along the frequency direction: frequency rows or frequency columns, whichever is not nought."""
    found = table.values("0018,1310")
    matrix = numbers_of(found[0], "US") if len(found) == 1 else None
    if matrix is not None and len(matrix) == 4:
        along = [int(number) for number in matrix[:2] if number > 0]
        if len(along) == 1:
            return along[0]
    steps = _only(table, "0018,9058")
    return int(steps) if steps else None


def _frequency_mhz(table: TagTable) -> float | None:
    """The frequency of water, MHz."""
    frequency = _only(table, "0018,0084") or _only(table, "0018,9098")
    if frequency:
        return frequency
    field = _only(table, "0018,0087")
    return GYROMAGNETIC_MHZ_PER_T * field if field else None

"""Slabs, patient axes and oblique cuts: what a browser may ask of them, and the pictures."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from webapp.errors import BadArgument, NotSupportedYet
from webapp.imaging import slicing
from webapp.imaging.cut import THICKEST_MM, Cut, Slab, SlabMode, take_cut
from webapp.imaging.lattice import Sampling
from webapp.imaging.plane import Edges, Plane, letters
from webapp.imaging.slicing import Grid, Slice
from webapp.imaging.thick import take_patient, take_slab
from webapp.imaging.volume import Volume

#: Finest and coarsest step of a cut, mm; most rows or columns of one; farthest place, mm.
STEPS_MM = (0.05, 50.0)
MOST_PIXELS = 1024
FARTHEST_MM = 10_000.0
#: How far directions may be from unit vectors at right angles.
_CROOKED = 1e-3


@dataclass(frozen=True, slots=True)
class Wish:
    """How a plane is to be shown.

    Parameters
    ----------
    slab : Slab or None
        None: the plane alone.
    patient : bool
        Along the patient's axes instead of the acquired ones.
    """

    slab: Slab | None = None
    patient: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether the plane is shown as it was acquired."""
        return self.slab is None and not self.patient


def wish_of(arguments: Mapping[str, str]) -> Wish:
    """What the parameters ``slab=mm,mode`` and ``axes=acquired|patient`` say.

    Parameters
    ----------
    arguments : mapping of str to str
        Of the address.

    Raises
    ------
    BadArgument
    """
    axes = arguments.get("axes", "acquired")
    if axes not in ("acquired", "patient"):
        raise BadArgument("The axes are neither acquired nor patient.", "Leave it out.")
    slab = None
    if "slab" in arguments:
        thickness, _, mode = arguments["slab"].partition(",")
        slab = _slab(thickness, mode)
    return Wish(slab, axes == "patient")


def taken(volume: Volume, plane: Plane, index: int, time: int, wish: Wish) -> Slice:
    """One picture of a plane.

    Parameters
    ----------
    volume : Volume
    plane : Plane
    index, time : int
        Zero-based.
    wish : Wish

    Raises
    ------
    IndexOutOfRange, NotSupportedYet
    """
    if wish.is_plain:
        return slicing.take(volume, plane, index, time)
    _refuse_colours(volume)
    if wish.patient:
        return take_patient(volume, plane, index, wish.slab or Slab(), time)
    return take_slab(volume, plane, index, wish.slab or Slab(), time)


def cut_of(volume: Volume, asked: object, time: int) -> Slice:
    """A plane in any direction.

    Parameters
    ----------
    volume : Volume
    asked : object
        A document with ``first_mm`` (3 numbers: centre of the first pixel), ``right`` and ``down`` (unit vectors),
        ``step_mm`` (between rows, between columns), ``shape`` (rows, columns), and optionally ``slab`` (``mm,mode``).
    time : int
        Zero-based.

    Returns
    -------
    Slice
        Its grid begins at 0, 0: x along ``right``, y along ``down``, from the first pixel, mm.

    Raises
    ------
    BadArgument, IndexOutOfRange, NotSupportedYet
    """
    _refuse_colours(volume)
    cut, slab = cut_asked(asked)
    edges = Edges(letters(-cut.right), letters(cut.right), letters(-cut.down), letters(cut.down))
    pixels = take_cut(volume, cut, slab, _known(volume, time))
    return Slice(pixels, Grid(0.0, cut.step_mm[1], 0.0, cut.step_mm[0]), edges, Sampling.INTERPOLATED)


def cut_asked(asked: object) -> tuple[Cut, Slab]:
    """The plane, and the slab about it, that a document describes as `cut_of` says.

    Parameters
    ----------
    asked : object

    Raises
    ------
    BadArgument
    """
    if not isinstance(asked, dict):
        raise BadArgument
    first, right, down = (np.array(_numbers(asked.get(name), 3, FARTHEST_MM)) for name in ("first_mm", "right", "down"))
    if np.abs(np.array([right, down]) @ np.array([right, down]).T - np.eye(2)).max() > _CROOKED:
        raise BadArgument("The directions of a cut are unit vectors at right angles.")
    step, shape = _numbers(asked.get("step_mm"), 2, STEPS_MM[1]), _numbers(asked.get("shape"), 2, MOST_PIXELS)
    if min(step) < STEPS_MM[0] or any(count < 1 or count % 1 for count in shape):
        raise BadArgument(f"A cut has 1 to {MOST_PIXELS} rows and columns, {STEPS_MM[0]} to {STEPS_MM[1]} mm apart.")
    cut = Cut(first, right, down, (step[0], step[1]), (int(shape[0]), int(shape[1])))
    slab = wish_of({"slab": asked["slab"]}).slab if isinstance(asked.get("slab"), str) else None
    return cut, slab or Slab()


def _known(volume: Volume, time: int) -> int:
    """A time point that is there."""
    if not 0 <= time < volume.voxels.shape[0]:
        raise BadArgument("There is no such time point.", "Leave it out.")
    return time


def _slab(thickness: str, mode: str) -> Slab:
    """A slab by its words."""
    try:
        found = Slab(float(thickness), SlabMode(mode or SlabMode.MEAN))
    except ValueError as error:
        raise BadArgument("A slab is its thickness in mm and mean, mip or minip.", "Say slab=10,mip.") from error
    if not (math.isfinite(found.thickness_mm) and 0 <= found.thickness_mm <= THICKEST_MM):
        raise BadArgument(f"A slab is 0 to {THICKEST_MM:g} mm thick.", "Say slab=10,mip.")
    return found


def _numbers(sent: object, count: int, largest: float) -> list[float]:
    """So many finite numbers of a size that occurs."""
    if not isinstance(sent, list) or len(sent) != count:
        raise BadArgument
    if not all(isinstance(one, int | float) and not isinstance(one, bool) and abs(one) <= largest for one in sent):
        raise BadArgument
    return [float(one) for one in sent]


def _refuse_colours(volume: Volume) -> None:
    """Colours cannot be mixed into values."""
    if volume.is_colour:
        raise NotSupportedYet("Slabs, cuts and patient axes are for values, not for colours.", "Leave it out.")

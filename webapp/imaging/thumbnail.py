"""A small picture of a slice, for the library."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from webapp.imaging.window import WindowLevel

#: Length of the longer side, pixels.
THUMBNAIL_PIXELS = 192


@dataclass(frozen=True, slots=True)
class Look:
    """How values become greys.

    Parameters
    ----------
    window : WindowLevel
    inverted : bool
        Whether black and white are exchanged once the window was applied.
    no_data : float or None
        The value of what was not measured, NaN beside it: black either way.
    """

    window: WindowLevel
    inverted: bool = False
    no_data: float | None = None

    def greys(self, values: NDArray[np.generic]) -> NDArray[np.uint8]:
        """Values as the page paints them, 0 black to 255 white.

        Parameters
        ----------
        values : ndarray of any shape
            Modality units.
        """
        shown = self.window.greys(values)
        nothing = np.isnan(shown)
        if self.no_data is not None:
            nothing |= np.asarray(values) == self.no_data
        painted = np.floor(np.nan_to_num(1 - shown if self.inverted else shown) * 255 + 0.5)
        return np.where(nothing, 0, painted).astype(np.uint8)


def thumbnail(pixels: NDArray[np.generic], aspect: float, look: Look | None) -> bytes:
    """A PNG of a slice in true proportion, without any text inside.

    Parameters
    ----------
    pixels : (rows, columns) or (rows, columns, 3) ndarray
        Modality units, or colours in uint8.
    aspect : float
        Height of a pixel over its width.
    look : Look or None
        None for colours.

    Returns
    -------
    bytes
        PNG, its longer side `THUMBNAIL_PIXELS` long.
    """
    step = max(1, min(pixels.shape[:2]) // (2 * THUMBNAIL_PIXELS))
    small = np.ascontiguousarray(pixels[::step, ::step])
    painted = small.astype(np.uint8) if look is None else look.greys(small)
    width, height = painted.shape[1], painted.shape[0] * aspect
    factor = THUMBNAIL_PIXELS / max(width, height)
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    stream = io.BytesIO()
    Image.fromarray(painted).resize(size, Image.Resampling.BILINEAR).save(stream, "PNG")
    return stream.getvalue()

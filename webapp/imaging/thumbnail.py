"""A small grey picture of a slice, for the library."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from webapp.imaging.window import WindowLevel

#: Length of the longer side, pixels.
THUMBNAIL_PIXELS = 192


def thumbnail(pixels: NDArray[np.generic], aspect: float, window: WindowLevel) -> bytes:
    """A PNG of a slice in true proportion, without any text inside.

    Parameters
    ----------
    pixels : (rows, columns) ndarray
        Modality units.
    aspect : float
        Height of a pixel over its width.
    window : WindowLevel

    Returns
    -------
    bytes
        PNG, its longer side `THUMBNAIL_PIXELS` long.
    """
    step = max(1, min(pixels.shape) // (2 * THUMBNAIL_PIXELS))
    small = pixels[::step, ::step].astype(np.float32)
    grey = np.clip((small - window.low) * (255 / window.width), 0, 255).astype(np.uint8)
    width, height = grey.shape[1], grey.shape[0] * aspect
    factor = THUMBNAIL_PIXELS / max(width, height)
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    stream = io.BytesIO()
    Image.fromarray(grey).resize(size, Image.Resampling.BILINEAR).save(stream, "PNG")
    return stream.getvalue()

"""Reversible byte filters that make a slice small before any general compression."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: Left-neighbour difference, zigzag, then all low bytes before all high bytes; for whole numbers.
LEFT_ZIGZAG_PLANES = "left-zigzag-planes"

#: All first bytes, then all second bytes …; for floating point.
PLANES = "planes"

#: All red, then all green, then all blue (then all opacity) bytes, each as its difference to the left neighbour.
LEFT_CHANNELS = "left-channels"

#: Bytes as they are.
NONE = "none"


def encode(pixels: NDArray[np.generic]) -> tuple[str, bytes]:
    """The name of the filter that suits a picture, and the filtered bytes.

    Parameters
    ----------
    pixels : (rows, columns) ndarray of uint8, int16, uint16 or float32; or (rows, columns, 3 or 4) ndarray of uint8
    """
    picture = np.ascontiguousarray(pixels)
    if picture.ndim > 2:
        steps = picture.view(np.uint8).copy()
        steps[:, 1:] -= picture.view(np.uint8)[:, :-1]
        return LEFT_CHANNELS, np.moveaxis(steps, -1, 0).tobytes()
    if picture.dtype.kind == "f":
        return PLANES, _split(picture)
    if picture.dtype.itemsize == 2:
        return LEFT_ZIGZAG_PLANES, _split(_zigzag(_left_difference(picture)))
    return NONE, picture.tobytes()


def decode(name: str, body: bytes, dtype: str, shape: tuple[int, ...]) -> NDArray[np.generic]:
    """The picture that `encode` was given.

    Parameters
    ----------
    name : str
        The filter.
    body : bytes
    dtype : str
        ``"int16"``, ``"uint16"``, ``"uint8"`` or ``"float32"``; little-endian on the wire.
    shape : tuple of int
        Rows and columns, and channels where there are several.
    """
    wanted = np.dtype(dtype).newbyteorder("<")
    if name == NONE:
        return np.frombuffer(body, wanted).reshape(shape)
    if name == LEFT_CHANNELS:
        channels = np.frombuffer(body, np.uint8).reshape(shape[2], *shape[:2])
        return np.cumsum(np.moveaxis(channels, 0, -1), axis=1, dtype=np.uint8)
    joined = np.frombuffer(body, np.uint8).reshape(wanted.itemsize, -1).T.copy().reshape(-1)
    if name == PLANES:
        return joined.view(wanted).reshape(shape)
    zigzag = joined.view("<u2").reshape(shape)
    steps = (zigzag >> 1) ^ -(zigzag & 1)
    return np.cumsum(steps, axis=1, dtype=np.uint16).view(wanted)


def _left_difference(picture: NDArray[np.generic]) -> NDArray[np.int16]:
    """Each pixel less its left neighbour, modulo 2^16."""
    steps = picture.view(np.uint16).copy()
    steps[:, 1:] -= picture.view(np.uint16)[:, :-1]
    return steps.view(np.int16)


def _zigzag(steps: NDArray[np.int16]) -> NDArray[np.uint16]:
    """Small steps of either sign as small whole numbers: 0, −1, 1, −2 … become 0, 1, 2, 3 …."""
    zigzag: NDArray[np.int16] = (steps << 1) ^ (steps >> 15)
    return zigzag.view(np.uint16)


def _split(picture: NDArray[np.generic]) -> bytes:
    """Byte planes, lowest byte first."""
    little = picture.astype(picture.dtype.newbyteorder("<"), copy=False)
    return np.ascontiguousarray(little.reshape(-1).view(np.uint8).reshape(-1, picture.dtype.itemsize).T).tobytes()

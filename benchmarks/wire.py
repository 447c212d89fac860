"""A slice's answer as pixels again."""

from __future__ import annotations

import gzip

import numpy as np
from numpy.typing import NDArray

from benchmarks.client import Answer
from webapp.imaging.filters import decode


def pixels(answer: Answer) -> NDArray[np.generic]:
    """The picture a slice answer carries.

    Parameters
    ----------
    answer : Answer
        Asked for with gzip, or sent as it is.

    Returns
    -------
    (rows, columns) ndarray
        Modality values less the slope and intercept of the header.
    """
    headers = {name.lower(): value for name, value in answer.headers.items()}
    body = gzip.decompress(answer.body) if headers.get("content-encoding") == "gzip" else answer.body
    rows, columns = (int(part) for part in headers["slice-shape"].split())
    return decode(headers["slice-filter"], body, headers["slice-dtype"], (rows, columns))

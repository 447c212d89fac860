"""All cases there are, in the catalogue's order of danger, and the uploads that several of them share."""

from __future__ import annotations

from tests.hostile import archives, canaries, faults, geometry, headers, pixels, sharing, surfaces, web, words
from tests.hostile.bodies import series_files, zipped
from tests.hostile.cases import Act, File, Upload, good_is_there

_SHARED = (("D", headers.FILES), ("P", pixels.FILES), ("V", geometry.FILES))

UPLOADS: tuple[Upload, ...] = (*archives.UPLOADS, *headers.UPLOADS, *pixels.UPLOADS, *geometry.UPLOADS)
ACTS: tuple[Act, ...] = (
    *web.ACTS,
    *words.ACTS,
    *sharing.ACTS,
    *faults.ACTS,
    *surfaces.ACTS,
    *canaries.LAST,
    *sharing.LAST,
)


def _batch(row: str, files: tuple[File, ...]) -> Upload:
    """One upload of many bad files and a good series."""

    def make() -> bytes:
        return zipped([*(part for one in files for part in one.files()), *series_files()])

    return Upload(row, f"{len(files)} bad files and a good series", make, good_is_there)


BATCHES: tuple[Upload, ...] = tuple(_batch(row, files) for row, files in _SHARED)
#: Each file with the upload it is in.
FILES: tuple[tuple[File, Upload], ...] = tuple(
    (one, batch) for (_, files), batch in zip(_SHARED, BATCHES, strict=True) for one in files
)

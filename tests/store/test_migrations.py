"""Catalogues of earlier versions: what is in them is there afterwards, with what was not known before."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text

from webapp.store.catalogue import Catalogue
from webapp.store.database import MIGRATIONS
from webapp.store.migrations.versions.r0002 import slice_axis_of

KEY = "a" * 32

_ROWS = (
    "INSERT INTO owner VALUES ('me', 0)",
    "INSERT INTO study (id, owner, patient_key, study_uid) VALUES (1, 'me', 'p', '1')",
    "INSERT INTO series (id, study, series_uid, modality, manufacturer, description, images, place, created) "
    "VALUES ('s', 1, '2', 'MR', 'Maker', 'Head', 1760, 0, 0)",
    "INSERT INTO stack (key, series, place, label, kind, shape_kji, spacing_mm_kji, verdict, summary, viewed) "
    f"VALUES ('{KEY}', 's', 0, '1', 'volume', '[256, 240, 176]', '[0.9, 0.9, 1.2]', 'trusted', 'x', 0)",
)


@pytest.mark.parametrize(
    ("shape", "spacing", "images", "axis"),
    [
        ((256, 240, 176), (1.0, 0.9, 1.2), 176, 2),
        ((256, 240, 176), (0.9, 0.9, 1.2), 1760, 2),
        ((30, 256, 256), (5.0, 0.9, 0.9), 60, 0),
        ((256, 30, 256), (0.9, 5.0, 0.9), 60, 1),
        ((64, 64, 64), (1.0, 1.0, 1.0), 64, 0),
    ],
)
def test_the_slice_axis_of_an_old_stack_follows_from_its_numbers(
    shape: tuple[int, ...], spacing: tuple[float, ...], images: int, axis: int
) -> None:
    assert slice_axis_of(shape, spacing, images) == axis


def test_a_catalogue_of_the_first_version_learns_its_slice_axes(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'old.sqlite'}"
    engine = create_engine(url)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for row in _ROWS:
            connection.execute(text(row))
    engine.dispose()
    catalogue = Catalogue(url)
    try:
        assert catalogue.stack("me", KEY).slice_axis == 2
    finally:
        catalogue.close()

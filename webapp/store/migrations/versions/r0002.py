"""The axis along which each stack's slices were acquired."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

#: Steps that differ less than this are the same step, mm.
_SAME_MM = 1e-4

_stack = sa.table(
    "stack",
    sa.column("key", sa.String),
    sa.column("series", sa.String),
    sa.column("shape_kji", sa.JSON(none_as_null=True)),
    sa.column("spacing_mm_kji", sa.JSON(none_as_null=True)),
    sa.column("slice_axis", sa.Integer),
)
_series = sa.table("series", sa.column("id", sa.String), sa.column("images", sa.Integer))


def upgrade() -> None:
    """Add the column; for stacks that are there already it follows from their shape and steps."""
    op.add_column("stack", sa.Column("slice_axis", sa.Integer()))
    connection = op.get_bind()
    rows = connection.execute(
        sa.select(_stack.c.key, _stack.c.shape_kji, _stack.c.spacing_mm_kji, _series.c.images).where(
            _stack.c.series == _series.c.id
        )
    ).all()
    for key, shape, spacing, images in rows:
        if shape and spacing:
            axis = slice_axis_of(shape, spacing, images)
            connection.execute(sa.update(_stack).where(_stack.c.key == key).values(slice_axis=axis))


def downgrade() -> None:
    """Drop the column."""
    with op.batch_alter_table("stack") as table:
        table.drop_column("slice_axis")


def slice_axis_of(shape: Sequence[int], spacing_mm: Sequence[float], images: int) -> int:
    """The axis that alone has as many steps as the series images, or whose step alone differs from the other two.

    Parameters
    ----------
    shape : sequence of 3 int
        Voxels along k, j, i.
    spacing_mm : sequence of 3 float
    images : int
        Of the whole series.

    Returns
    -------
    int
        0, the axis of axial slices, where neither tells.
    """
    if list(shape).count(images) == 1:
        return list(shape).index(images)
    for axis in range(3):
        first, second = (step for other, step in enumerate(spacing_mm) if other != axis)
        if abs(first - second) < _SAME_MM < abs(first - spacing_mm[axis]):
            return axis
    return 0

"""What a share is called and which view it opens."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; no share was ever made before this version."""
    with op.batch_alter_table("share") as table:
        table.add_column(sa.Column("id", sa.String(32), nullable=False, server_default=""))
        table.add_column(sa.Column("view", sa.String(1024), nullable=False, server_default=""))


def downgrade() -> None:
    """Drop the columns."""
    with op.batch_alter_table("share") as table:
        table.drop_column("view")
        table.drop_column("id")

"""What each owner measured in each stack."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "measures",
        sa.Column("stack", sa.String(32), nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("shapes", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["stack"], ["stack.key"], name="fk_measures_stack", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["owner"], ["owner.id"], name="fk_measures_owner", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("stack", "owner", name="pk_measures"),
    )
    op.create_index("ix_measures_owner", "measures", ["owner"], unique=False)


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("measures")

"""The first catalogue: owners, uploads, studies, series, stacks, volumes, findings, artifacts, jobs, shares."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = ("owner", "upload", "study", "series", "stack", "volume", "finding", "artifact", "job", "share")


def upgrade() -> None:
    """Make every table."""
    _received()
    _seen()
    _found()
    _made()
    _worked()


def downgrade() -> None:
    """Drop every table."""
    for name in reversed(TABLES):
        op.drop_table(name)


def _belongs(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    """A row that lives and dies with another."""
    return sa.ForeignKeyConstraint([column], [target], name=f"fk_{table}_{column}", ondelete="CASCADE")


def _index(table: str, *columns: str) -> None:
    """An index named as `tables.metadata` names it."""
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns), unique=False)


def _received() -> None:
    """Owners and what they sent."""
    op.create_table(
        "owner",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_owner"),
    )
    op.create_table(
        "upload",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.Column("received", sa.Float()),
        sa.Column("content", sa.String(64)),
        _belongs("upload", "owner", "owner.id"),
        sa.PrimaryKeyConstraint("id", name="pk_upload"),
        sa.UniqueConstraint("content", name="uq_upload_content"),
    )


def _seen() -> None:
    """Studies and their series."""
    op.create_table(
        "study",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("patient_key", sa.String(64), nullable=False),
        sa.Column("study_uid", sa.String(64), nullable=False),
        _belongs("study", "owner", "owner.id"),
        sa.PrimaryKeyConstraint("id", name="pk_study"),
        sa.UniqueConstraint("owner", "patient_key", "study_uid", name="uq_study_owner_patient_key_study_uid"),
    )
    op.create_table(
        "series",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("study", sa.Integer(), nullable=False),
        sa.Column("upload", sa.String(36)),
        sa.Column("series_uid", sa.String(64), nullable=False),
        sa.Column("modality", sa.String(16), nullable=False),
        sa.Column("manufacturer", sa.String(256), nullable=False),
        sa.Column("description", sa.String(256), nullable=False),
        sa.Column("images", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        _belongs("series", "study", "study.id"),
        sa.ForeignKeyConstraint(["upload"], ["upload.id"], name="fk_series_upload", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_series"),
    )
    _index("series", "study")
    _index("series", "upload")


def _found() -> None:
    """Stacks, their time points and their findings."""
    op.create_table(
        "stack",
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("series", sa.String(32), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("shape_kji", sa.JSON(none_as_null=True)),
        sa.Column("spacing_mm_kji", sa.JSON(none_as_null=True)),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("viewed", sa.Float(), nullable=False),
        _belongs("stack", "series", "series.id"),
        sa.PrimaryKeyConstraint("key", name="pk_stack"),
    )
    _index("stack", "series")
    op.create_table(
        "volume",
        sa.Column("stack", sa.String(32), nullable=False),
        sa.Column("time", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("value", sa.Float()),
        sa.Column("unit", sa.String(32), nullable=False),
        _belongs("volume", "stack", "stack.key"),
        sa.PrimaryKeyConstraint("stack", "time", name="pk_volume"),
    )
    op.create_table(
        "finding",
        sa.Column("stack", sa.String(32), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(8), nullable=False),
        sa.Column("severity", sa.String(8), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("numbers", sa.JSON(), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("slices", sa.JSON(), nullable=False),
        _belongs("finding", "stack", "stack.key"),
        sa.PrimaryKeyConstraint("stack", "place", name="pk_finding"),
    )


def _made() -> None:
    """What is made of a stack, and who was let in to see it."""
    op.create_table(
        "artifact",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("stack", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("level", sa.Float()),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        _belongs("artifact", "stack", "stack.key"),
        sa.PrimaryKeyConstraint("id", name="pk_artifact"),
    )
    _index("artifact", "stack")
    op.create_table(
        "share",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("stack", sa.String(32), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.Column("expires", sa.Float(), nullable=False),
        sa.Column("revoked", sa.Float()),
        sa.Column("last_use", sa.Float()),
        _belongs("share", "owner", "owner.id"),
        _belongs("share", "stack", "stack.key"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_share"),
    )
    _index("share", "owner")
    _index("share", "stack")


def _worked() -> None:
    """Jobs."""
    op.create_table(
        "job",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("subject", sa.String(36), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("stage", sa.String(32), nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("error", sa.JSON(none_as_null=True)),
        sa.Column("result", sa.JSON(none_as_null=True)),
        sa.Column("created", sa.Float(), nullable=False),
        sa.Column("heartbeat", sa.Float(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("cancel", sa.Boolean(), nullable=False),
        sa.Column("token", sa.String(32)),
        _belongs("job", "owner", "owner.id"),
        sa.PrimaryKeyConstraint("id", name="pk_job"),
    )
    _index("job", "owner", "created")
    _index("job", "state")
    _index("job", "subject")

"""The catalogue's tables."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _text(name: str, length: int) -> Column[str]:
    """A column that always holds text."""
    return Column(name, String(length), nullable=False)


def _belongs(name: str, target: str, *, key: bool = False) -> Column[str]:
    """A column naming a row this one lives and dies with."""
    return Column(name, ForeignKey(target, ondelete="CASCADE"), nullable=False, primary_key=key)


owner = Table(
    "owner",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("created", Float, nullable=False),
)

upload = Table(
    "upload",
    metadata,
    Column("id", String(36), primary_key=True),
    _belongs("owner", "owner.id"),
    Column("size", BigInteger, nullable=False),
    Column("created", Float, nullable=False),
    Column("received", Float),
    # Only samples carry one: it keeps two servers that start together from adding a sample twice.
    Column("content", String(64), unique=True),
)

study = Table(
    "study",
    metadata,
    Column("id", Integer, primary_key=True),
    _belongs("owner", "owner.id"),
    _text("patient_key", 64),
    _text("study_uid", 64),
    UniqueConstraint("owner", "patient_key", "study_uid"),
)

series = Table(
    "series",
    metadata,
    Column("id", String(32), primary_key=True),
    _belongs("study", "study.id"),
    Column("upload", ForeignKey("upload.id", ondelete="SET NULL")),
    _text("series_uid", 64),
    _text("modality", 16),
    _text("manufacturer", 256),
    _text("description", 256),
    Column("images", Integer, nullable=False),
    Column("place", Integer, nullable=False),
    Column("created", Float, nullable=False),
    Index(None, "study"),
    Index(None, "upload"),
)

stack = Table(
    "stack",
    metadata,
    Column("key", String(32), primary_key=True),
    _belongs("series", "series.id"),
    Column("place", Integer, nullable=False),
    _text("label", 64),
    _text("kind", 16),
    Column("shape_kji", JSON(none_as_null=True)),
    Column("spacing_mm_kji", JSON(none_as_null=True)),
    Column("slice_axis", Integer),
    _text("verdict", 16),
    Column("summary", Text, nullable=False),
    Column("viewed", Float, nullable=False),
    Index(None, "series"),
)

volume = Table(
    "volume",
    metadata,
    _belongs("stack", "stack.key", key=True),
    Column("time", Integer, primary_key=True, autoincrement=False),
    _text("name", 64),
    Column("value", Float),
    _text("unit", 32),
)

finding = Table(
    "finding",
    metadata,
    _belongs("stack", "stack.key", key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    _text("code", 8),
    _text("severity", 8),
    Column("message", Text, nullable=False),
    Column("numbers", JSON, nullable=False),
    Column("tags", JSON, nullable=False),
    Column("slices", JSON, nullable=False),
)

artifact = Table(
    "artifact",
    metadata,
    Column("id", String(32), primary_key=True),
    _belongs("stack", "stack.key"),
    _text("kind", 16),
    Column("level", Float),
    Column("facts", JSON, nullable=False),
    Column("created", Float, nullable=False),
    Index(None, "stack"),
)

job = Table(
    "job",
    metadata,
    Column("id", String(32), primary_key=True),
    _belongs("owner", "owner.id"),
    _text("kind", 16),
    _text("subject", 36),
    Column("parameters", JSON, nullable=False),
    _text("state", 16),
    _text("stage", 32),
    Column("done", BigInteger, nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("error", JSON(none_as_null=True)),
    Column("result", JSON(none_as_null=True)),
    Column("created", Float, nullable=False),
    Column("heartbeat", Float, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("cancel", Boolean, nullable=False),
    Column("token", String(32)),
    Index(None, "owner", "created"),
    Index(None, "state"),
    Index(None, "subject"),
)

measures = Table(
    "measures",
    metadata,
    _belongs("stack", "stack.key", key=True),
    _belongs("owner", "owner.id", key=True),
    Column("shapes", JSON, nullable=False),
    Index(None, "owner"),
)

share = Table(
    "share",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("id", String(32), nullable=False, server_default=""),
    _belongs("owner", "owner.id"),
    _belongs("stack", "stack.key"),
    Column("created", Float, nullable=False),
    Column("expires", Float, nullable=False),
    Column("revoked", Float),
    Column("last_use", Float),
    Column("view", String(1024), nullable=False, server_default=""),
    Index(None, "owner"),
    Index(None, "stack"),
)

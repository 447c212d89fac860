"""Every setting, with its environment variable, default and unit."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

MIB = 1 << 20
GIB = 1 << 30
ROOT = Path(__file__).resolve().parent.parent


class Limits(BaseModel):
    """What one upload may cost; each is reached by ``TRUESLICE_LIMITS__NAME``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    upload_bytes: int = Field(default=GIB, description="one upload as it is received, bytes")
    chunk_bytes: int = Field(default=8 * MIB, description="one request of an upload, bytes")
    uploads_at_once: int = Field(default=2, description="unfinished uploads of one owner")
    expanded_bytes: int = Field(default=4 * GIB, description="all members together, unpacked, bytes")
    member_bytes: int = Field(default=GIB, description="one member, unpacked, bytes")
    members: int = Field(default=20_000, description="files in one archive")
    ratio: int = Field(default=200, description="unpacked over packed size of a zip that unpacks to more than 256 MiB")
    directory_bytes: int = Field(default=16 * MIB, description="the archive's own directory, bytes")
    deflated_bytes: int = Field(
        default=256 * MIB, description="one file in the deflated transfer syntax, unpacked, bytes"
    )
    header_bytes: int = Field(default=64 * MIB, description="one file's elements before its pixels, bytes")
    rows: int = Field(default=8_192, description="rows or columns of one picture")
    frames: int = Field(default=10_000, description="frames of one file")
    voxels: int = Field(default=1 << 29, description="voxels of one volume")
    sequence_depth: int = Field(default=64, description="sequences inside sequences")
    elements: int = Field(default=200_000, description="elements of one file, and items of all its sequences")
    cell_chars: int = Field(default=256, description="characters of one value in the tag table")
    value_chars: int = Field(default=4_096, description="characters kept of one tag's value")
    tag_chars: int = Field(default=32 * MIB, description="characters kept of all tags of one stack")
    tag_rows: int = Field(default=20_000, description="elements kept of one stack's tags")
    tag_cells: int = Field(default=1_000_000, description="values kept of tags that vary from instance to instance")
    triangles: int = Field(default=250_000, description="triangles of the surface on screen")
    mesh_bytes: int = Field(default=512 * MIB, description="one surface at full resolution, as STL, bytes")
    surfaces_bytes: int = Field(default=GIB, description="all surfaces kept of one stack, bytes; the oldest go first")
    file_seconds: float = Field(default=10.0, description="one file in the sandbox, s")
    task_seconds: float = Field(default=120.0, description="one upload in the sandbox, s")
    task_bytes: int = Field(default=1536 * MIB, description="memory of the sandbox beside the voxels, bytes")
    culprits: int = Field(default=8, description="files that may stop the reading before it is given up")
    jobs_waiting: int = Field(default=8, description="unfinished jobs of one owner")
    requests_per_second: int = Field(
        default=400, description="requests of one browser, each second; five seconds' worth may come at once"
    )
    callbacks_per_second: int = Field(
        default=60,
        description="of these, what the page asks to be worked out, each second; five seconds' worth at once",
    )
    uploads_per_hour: int = Field(default=240, description="uploads one browser may begin in an hour")
    share_links: int = Field(default=20, description="links one owner may make in a day")
    share_tries: int = Field(default=10, description="links that open nothing one address may try in a minute")
    callback_bytes: int = Field(default=256 * 1024, description="one callback's body, bytes")


class AuditThresholds(BaseModel):
    """From where on the audit says more than "passed"; each is reached by ``TRUESLICE_AUDIT__NAME``.

    Percentages are of the slice thickness. Where a number has no source it is this project's own choice.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    contiguous_percent: float = Field(
        default=1.0, description="gap or overlap that counts as none, %: thickness tags are rounded about as coarsely"
    )
    small_gap_percent: float = Field(
        default=10.0,
        description="gap of 2D MR below which cross-talk is possible, %: protocols ask for 10 unless interleaved",
    )
    usual_gap_percent: float = Field(
        default=30.0, description="widest usual gap of 2D MR, %: 1.5 mm at 5 mm in the ACR's female pelvis protocol"
    )
    wide_gap_percent: float = Field(
        default=50.0, description="gap of 2D MR from which a third of the depth is not imaged, %; own choice"
    )
    skipped_gap_percent: float = Field(
        default=100.0, description="gap from which more is skipped than imaged, %: the gap is wider than the slice"
    )
    heavy_overlap_percent: float = Field(
        default=50.0, description="overlap of CT beyond which no detail is added, %: NMTCB asks for 50 for reformats"
    )
    short_repetition_ms: float = Field(
        default=1500.0, description="repetition time below which neighbours recover too little, ms; own choice"
    )
    thick_slice_mm: float = Field(
        default=2.5, description="thickness from which MR that does not say 2D or 3D is taken for 2D, mm; own choice"
    )
    odd_even_percent: float = Field(
        default=4.0, description="difference in brightness of odd and even slices of 2D MR that is noted, %; own choice"
    )
    blocky_ratio: float = Field(default=3.0, description="spacing over pixel size beyond which side views look blocky")
    steps_ratio: float = Field(
        default=10.0, description="spacing over pixel size beyond which side views show steps instead of detail"
    )
    smallest_spacing_mm: float = Field(default=0.05, description="a spacing below this is implausible in a patient, mm")
    largest_spacing_mm: float = Field(default=50.0, description="a spacing above this is implausible in a patient, mm")


class Config(BaseSettings):
    """All settings of one instance, read once at the start and handed down as values.

    Each is taken from ``TRUESLICE_NAME`` in the environment.
    """

    model_config = SettingsConfigDict(frozen=True, env_prefix="TRUESLICE_", env_nested_delimiter="__", extra="forbid")

    data: Path = Field(default=ROOT / "data", description="folder for the catalogue, uploads and volumes")
    host: str = Field(default="127.0.0.1", description="address the server listens on")
    port: int = Field(default=8050, description="port the server listens on")
    catalogue_url: str = Field(default="", description="SQLAlchemy URL; empty: SQLite inside the data folder")
    jobs_url: str = Field(
        default="thread://",
        description="where jobs wait: thread:// (a thread of the web process runs them), sqlite://, redis://…, "
        "postgresql://… (a worker process does)",
    )
    workers: int = Field(default=2, description="jobs that run at the same time")
    secret_key: str = Field(default="", description="signs messages; needed when reached from other machines")
    allow_plain_http: bool = Field(default=False, description="take uploads over http from other machines")
    proxies: int = Field(default=0, description="proxies in front whose X-Forwarded headers are believed")
    trusted_hosts: tuple[str, ...] = Field(default=(), description="names this server answers to; empty: any")
    keep_hours: float = Field(default=0.0, description="hours from the last view to deletion; 0: kept")
    keep_hours_most: float = Field(
        default=0.0, description="hours from the upload to deletion, however often it is looked at; 0: kept"
    )
    quota_gib: float = Field(
        default=0.0, description="GiB one owner may keep, uploads and what is made of them; 0: as much as there is"
    )
    spare_mib: float = Field(default=512.0, description="MiB of the disk that no upload is let into")
    share_hours: float = Field(default=72.0, description="hours a share link opens, unless its maker chooses")
    share_hours_most: float = Field(default=720.0, description="longest life of a share link, hours; 0: no sharing")
    upload_hours: float = Field(default=24.0, description="hours until an unfinished upload is swept")
    sweep_seconds: float = Field(default=30.0, description="between two sweeps, s")
    grace_seconds: float = Field(
        default=60.0, description="what the catalogue does not know is left alone so long, s; it may be on its way"
    )
    metrics: bool = Field(default=False, description="answer /metrics with counts for Prometheus")
    refuse_faces: bool = Field(
        default=False, description="keep surfaces of skin that may show a face to whoever uploaded the series"
    )
    samples: Path = Field(default=ROOT / "sample_data", description="folder of the sample zips")
    limits: Limits = Limits()
    audit: AuditThresholds = AuditThresholds()

    @property
    def catalogue(self) -> str:
        """The catalogue's SQLAlchemy URL."""
        return self.catalogue_url or f"sqlite:///{self.data / 'catalogue.sqlite'}"

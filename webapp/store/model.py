"""The words the catalogue speaks: a card of the library, a job, a stack and where it came from."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from webapp.findings import Verdict

#: The owner of the samples: everybody may look at them, nobody may delete them.
EVERYONE = "everyone"


class JobState(StrEnum):
    """How far a job is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


#: A job in one of these will still change.
UNFINISHED = (JobState.WAITING, JobState.RUNNING)


class JobKind(StrEnum):
    """What a job makes."""

    INGEST = "ingest"
    CHOICE = "choice"
    SURFACE = "surface"
    EXPORT = "export"


@dataclass(frozen=True, slots=True)
class JobStatus:
    """A job as its owner's page shows it.

    Parameters
    ----------
    subject : str
        The upload an ingest reads, the refused stack a choice is about, the stack a surface or an export is made of.
    stage : str
        What is being done, in one word; ``done`` of ``total`` steps of it, ``total`` 0 when not known.
    error : dict or None
        `TruesliceError.as_json` of a failed or cancelled job.
    result : dict or None
        Of a finished one: ``keys``, ``set_aside``, ``series``, or ``artifact`` and the mesh's facts.
    created : float
        Seconds since 1970.
    """

    id: str
    owner: str
    kind: JobKind
    subject: str
    state: JobState
    stage: str
    done: int
    total: int
    error: dict[str, str] | None
    result: dict[str, Any] | None
    created: float

    @property
    def finished(self) -> bool:
        """Nothing will change any more."""
        return self.state not in UNFINISHED


@dataclass(frozen=True, slots=True)
class Asker:
    """Who wants something made of a stack.

    Parameters
    ----------
    name : str
        The owner of the jobs: a browser's own, or the `Share.id` of a link, so that no guest stops a job of its maker.
    guest_of : str or None
        The maker of the link by which a guest came.
    """

    name: str
    guest_of: str | None = None

    @property
    def sees_as(self) -> str:
        """The owner with whose eyes the stack is seen."""
        return self.guest_of or self.name


@dataclass(frozen=True, slots=True)
class JobOrder:
    """A wish for a job.

    Parameters
    ----------
    newest_only : bool
        True: an unfinished job of the same owner, kind, subject and place is cancelled, unless it has the same
        parameters. False: one job for a subject is enough, whatever became of it.
    place : int
        Which of several that may be in the making side by side.
    """

    owner: str
    kind: JobKind
    subject: str
    parameters: dict[str, Any]
    newest_only: bool = False
    place: int = 0


@dataclass(frozen=True, slots=True)
class Claim:
    """A job that one thread of one process has taken; `token` proves that it still holds it."""

    id: str
    owner: str
    kind: JobKind
    subject: str
    parameters: dict[str, Any]
    token: str


@dataclass(frozen=True, slots=True)
class Card:
    """A stack as the library shows it.

    Parameters
    ----------
    images : int
        Images of the whole series.
    shape_kji : tuple of int or None
        Voxels along k, j, i; for pictures their number, rows and columns.
    spacing_mm_kji : tuple of float or None
        Perpendicular distances along k, j, i, mm, the first None between pictures; None where there are no millimetres.
    slice_axis : int or None
        The axis of k, j, i along which a volume's slices were acquired; None for pictures.
    created : float
        When the upload began, seconds since 1970.
    mine : bool
        False for the samples.
    label : str
        What the stack is inside its series, in words or by its number there.
    """

    key: str
    owner: str
    kind: str
    modality: str
    manufacturer: str
    description: str
    images: int
    shape_kji: tuple[int, int, int] | None
    spacing_mm_kji: tuple[float | None, float, float] | None
    verdict: Verdict
    summary: str
    created: float
    mine: bool
    series_id: str
    study_uid: str
    series_uid: str
    slice_axis: int | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose a stack is and what it came with: what ``meta.json`` cannot know.

    It is kept beside ``meta.json`` as ``owner.json`` once the catalogue has the rows, so that they can be made again.

    Parameters
    ----------
    upload : str
    upload_bytes : int
    series : str
        The catalogue's id of the series, the same for its stacks.
    place : tuple of int
        Of the series in the upload and of the stack in the series.
    created : float
        When the upload began, seconds since 1970.
    """

    owner: str
    upload: str
    upload_bytes: int
    series: str
    place: tuple[int, int]
    created: float

    def as_json(self) -> dict[str, Any]:
        """The document ``owner.json``."""
        return {"schema": 1, **asdict(self), "place": list(self.place)}

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> Origin:
        """The origin that `as_json` wrote."""
        return cls(
            owner=str(record["owner"]),
            upload=str(record["upload"]),
            upload_bytes=int(record["upload_bytes"]),
            series=str(record["series"]),
            place=(int(record["place"][0]), int(record["place"][1])),
            created=float(record["created"]),
        )


@dataclass(frozen=True, slots=True)
class StackRecord:
    """Everything the rows of one stack are made of."""

    key: str
    origin: Origin
    meta: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Upload:
    """A received or unfinished upload.

    Parameters
    ----------
    size : int
        Bytes announced.
    created : float
        Seconds since 1970.
    """

    id: str
    owner: str
    size: int
    created: float


@dataclass(frozen=True, slots=True)
class Artifact:
    """Something made of a stack and kept beside it.

    Parameters
    ----------
    kind : str
        ``"thumbnail"``, ``"mesh"`` for the screen, ``"export"`` for a file at full resolution, or ``"levels"``.
    level : float or None
        Of a mesh or export, in the stack's unit.
    facts : dict
        Of a mesh or export: the document ``mesh.json``, with the ``bytes`` it takes; of levels: what is on offer.
    """

    id: str
    key: str
    kind: str
    level: float | None
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Share:
    """A link that lets somebody else look at one stack; the catalogue knows only a hash of what opens it.

    Parameters
    ----------
    id : str
        What the owner calls it by; it opens nothing.
    owner : str
        Who made it.
    key : str
        The one stack it opens.
    view : str
        Query string of the view it opens in.
    created, expires : float
        Seconds since 1970.
    revoked, last_use : float or None
        Seconds since 1970.
    """

    id: str
    owner: str
    key: str
    view: str
    created: float
    expires: float
    revoked: float | None
    last_use: float | None

    def is_live(self, now: float) -> bool:
        """Whether it still opens anything.

        Parameters
        ----------
        now : float
            Seconds since 1970.
        """
        return self.revoked is None and now < self.expires


@dataclass(frozen=True, slots=True)
class Removed:
    """What a deletion took out of the catalogue, so that the files can follow.

    Parameters
    ----------
    keys : tuple of str
        The series' stacks.
    upload : str or None
        The original, when no series of it is left.
    """

    keys: tuple[str, ...]
    upload: str | None

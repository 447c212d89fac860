"""Every refusal a user can meet: what is wrong, where, and what to do about it.

::

    TruesliceError                code, cause, cure, HTTP status
    ├── IntakeError               the upload as a file
    │   ├── NotAnArchive  EmptyArchive  ArchiveTruncated  ArchiveCorrupt  ArchiveOverlap
    │   ├── ArchiveEncrypted  ArchiveMethod  TooManyMembers  ExpandedTooBig
    │   ├── UploadTooBig  NoSpaceLeft  QuotaReached  NothingToShow
    │   └── TooManyUploads  UploadOutOfStep  UploadBusy
    ├── InstanceError             one file inside it; becomes a "set aside" line
    │   ├── NotDicom  NestedArchive  FileTruncated  NotAnImage  BadDimensions  BadGeometry  RegionsUnread
    │   └── NoDecoder  CodestreamMismatch  DecodeFailed
    ├── SurfaceError              a level that makes no surface
    │   └── LevelNotANumber  LevelOutOfRange  NoSurfaceHere  NothingLeft  MeshTooBig  FaceRefused
    ├── RequestError              what a browser or a command asked for
    │   ├── UnknownKey  IndexOutOfRange  NotAVolume  NotSupportedYet  BadArgument  UnknownSeries  TooManyJobs
    │   ├── LinkDead  GuestMayNot  TooManyTries  TooManyLinks  TooManyRequests
    │   ├── PicksUnfit  NothingToChoose  SampleStays  OriginalGone
    │   ├── BadPattern  BadReference  SeriesNotChosen
    │   ├── PlainHttpRefused  UnknownHost  CrossSiteRefused  MethodRefused
    │   └── BodyTooBig  MalformedRequest  NotReady  Unforeseen
    ├── TaskError                 the sandboxed child
    │   └── TaskCancelled  TaskCrashed  TaskOutOfMemory  TaskTooSlow  ResultMissing
    └── HostError                 what this instance itself lacks
        └── CatalogueUnreadable  DiskDivided  QueueUnavailable  VolumeDamaged  SecretMissing

No message holds a value read from a tag, a path of the server, or a traceback.
"""

from __future__ import annotations

from collections.abc import Iterator


class TruesliceError(Exception):
    """A refusal with its cause and its cure.

    Parameters
    ----------
    cause : str, optional
        One sentence saying what is wrong; the class's own sentence when left out.
    cure : str, optional
        One sentence saying what the user can do; the class's own when left out.
    """

    code = "refused"
    status = 400
    cause = "The request was refused."
    cure = "Try again."

    def __init__(self, cause: str | None = None, cure: str | None = None) -> None:
        self.cause = cause or type(self).cause
        self.cure = cure or type(self).cure
        super().__init__(self.cause)

    def as_json(self) -> dict[str, str]:
        """The refusal as the browser and the sandbox pipe carry it."""
        return {"code": self.code, "cause": self.cause, "cure": self.cure}

    def __str__(self) -> str:
        return f"{self.cause} {self.cure}"


class IntakeError(TruesliceError):
    """The upload cannot be taken as it is."""


class NotAnArchive(IntakeError):
    """The bytes are neither a zip nor a DICOM file."""

    code, status = "not_a_zip", 415
    cause = "This is not a zip file."
    cure = "Pack the DICOM files into one .zip and drop it again."


class EmptyArchive(IntakeError):
    """The zip holds no file."""

    code, status = "zip_empty", 422
    cause = "This zip is empty."
    cure = "Pack the folder that holds the DICOM files and drop it again."


class ArchiveTruncated(IntakeError):
    """The zip ends before its directory."""

    code = "zip_truncated"
    cause = "This zip is cut short: its end is missing."
    cure = "Copy or download it again, then drop it once more."


class ArchiveCorrupt(IntakeError):
    """The zip contradicts itself."""

    code = "zip_corrupt"
    cause = "This zip is damaged: its directory does not fit its contents."
    cure = "Make the zip again from the original files."


class ArchiveOverlap(ArchiveCorrupt):
    """Two members share bytes, as only a decompression bomb does."""

    code = "zip_overlap"
    cause = "Files inside this zip overlap each other."
    cure = "Make the zip again with an ordinary program."


class ArchiveEncrypted(IntakeError):
    """A member needs a password."""

    code, status = "zip_encrypted", 422
    cause = "This zip is encrypted."
    cure = "Make one without a password and drop it again."


class ArchiveMethod(IntakeError):
    """A member is packed by something else than store or deflate."""

    code, status = "zip_method", 415
    cause = "This zip uses a rare kind of compression."
    cure = "Make it again as an ordinary zip (stored or deflate)."


class TooManyMembers(IntakeError):
    """More files than the limit."""

    code, status = "too_many_files", 413
    cause = "This zip holds more files than are taken at once."
    cure = "Split it by series."


class ExpandedTooBig(IntakeError):
    """The unpacked bytes pass the limit."""

    code, status = "expanded_too_big", 413
    cause = "This zip unpacks to more than is taken at once."
    cure = "Split it by series."


class UploadTooBig(IntakeError):
    """The upload itself passes the limit."""

    code, status = "upload_too_big", 413
    cause = "This upload is larger than the limit."
    cure = "Split it by series."


class NoSpaceLeft(IntakeError):
    """The disk that keeps uploads is full."""

    code, status = "no_space", 507
    cause = "There is not enough room on the server for this upload."
    cure = "Delete series you no longer need, or ask the host for room."


class QuotaReached(IntakeError):
    """What one owner keeps would pass the limit."""

    code, status = "quota_reached", 507
    cause = "You keep as much on this server as one may."
    cure = "Delete series you no longer need, then upload again."


class NothingToShow(IntakeError):
    """Not one member is a picture."""

    code, status = "no_dicom", 422
    cause = "There is no DICOM picture in here."
    cure = "Check that the zip holds the series' image files."


class TooManyUploads(IntakeError):
    """As many unfinished uploads as one owner may have."""

    code, status = "too_many_uploads", 429
    cause = "Other uploads of yours are not finished yet."
    cure = "Let one finish or cancel it; this one starts by itself."


class UploadOutOfStep(IntakeError):
    """A part that does not follow the bytes received so far."""

    code, status = "upload_out_of_step", 409
    cause = "This part does not follow what has been received so far."
    cure = "Ask where the upload stands and go on from there."


class UploadBusy(IntakeError):
    """Another request is writing to this upload."""

    code, status = "upload_busy", 423
    cause = "Another request is still writing to this upload."
    cure = "Wait a moment, then go on."


class InstanceError(TruesliceError):
    """One file cannot be used; the others go on."""

    status = 422
    cure = "The other files are used without it."


class NotDicom(InstanceError):
    """The bytes are not DICOM."""

    code = "not_dicom"
    cause = "Not a DICOM file."
    cure = "Nothing to do: it is left out."


class NestedArchive(InstanceError):
    """An archive inside the upload."""

    code = "nested_archive"
    cause = "An archive inside the upload; it is not opened."
    cure = "Unpack it and upload what is in it."


class FileTruncated(InstanceError):
    """The file ends before the length its header announces."""

    code = "truncated_file"
    cause = "The file is cut short."
    cure = "Copy it again from its source and upload once more."


class NotAnImage(InstanceError):
    """A DICOM object without pixels to show."""

    code = "not_an_image"
    cause = "A DICOM object without a picture."
    cure = "Nothing to do: it is left out."


class BadDimensions(InstanceError):
    """Rows, Columns or Bits are missing or impossible."""

    code = "bad_dimensions"
    cause = "The picture's rows, columns or bits (0028,0010) (0028,0011) (0028,0100) are missing or impossible."


class BadGeometry(InstanceError):
    """Positions or directions that cannot be numbers."""

    code = "bad_geometry"
    cause = "The position or direction (0020,0032) (0020,0037) is not a set of numbers."


class RegionsUnread(InstanceError):
    """A segmentation or a structure set says nothing that can be drawn over pictures."""

    code = "regions_unread"
    cause = "The regions of this file cannot be drawn over pictures."
    cure = "Export the segmentation or the structure set again from where it was drawn."


class NoDecoder(InstanceError):
    """A transfer syntax nothing here decodes."""

    code = "no_decoder"
    cause = "The picture's compression cannot be decoded here."
    cure = "Export the series uncompressed and upload again."


class CodestreamMismatch(InstanceError):
    """The compressed picture and the header disagree about its size."""

    code = "codestream_mismatch"
    cause = "The compressed picture has another size than its header says."
    cure = "Export the series again from its source."


class DecodeFailed(InstanceError):
    """The decoder refused the compressed picture."""

    code = "decode_failed"
    cause = "The compressed picture is damaged and cannot be decoded."
    cure = "Export the series again from its source."


class SurfaceError(TruesliceError):
    """No surface can be made of this level."""

    status = 422
    cure = "Choose another level."


class LevelNotANumber(SurfaceError):
    """The level is not a finite number."""

    code = "level_not_a_number"
    cause = "The level is not a number."
    cure = "Give a number in the series' own unit."


class LevelOutOfRange(SurfaceError):
    """No voxel lies on one side of the level."""

    code = "level_out_of_range"
    cause = "The level lies outside the values of this series."


class NoSurfaceHere(SurfaceError):
    """The stack is not a volume."""

    code = "no_volume"
    cause = "These pictures do not form a volume, so there is no surface."
    cure = "Open a series that forms a volume."


class NothingLeft(SurfaceError):
    """Every part of the surface is smaller than those that are to be left out."""

    code = "nothing_left"
    cause = "All parts of this surface are smaller than those that are to be left out."
    cure = "Leave out smaller ones only."


class MeshTooBig(SurfaceError):
    """The mesh would pass the limit; no triangle was made."""

    code, status = "mesh_too_big", 413
    cause = "This surface has more triangles than one file may hold."
    cure = "Ask for fewer triangles, or choose another level; the host can raise TRUESLICE_LIMITS__MESH_BYTES."


class FaceRefused(SurfaceError):
    """A surface of skin that may show a face, asked for by somebody else than the owner."""

    code, status = "face_refused", 403
    cause = "This surface may show a face, and this host keeps those to whoever uploaded the series."
    cure = "Choose a level that leaves the skin out, such as bone."


class RequestError(TruesliceError):
    """The question itself cannot be answered."""


class UnknownKey(RequestError):
    """The key has expired, belongs to somebody else, or never was: all three answer alike."""

    code, status = "not_found", 404
    cause = "There is nothing here."
    cure = "It may have been deleted. Open the library."


class IndexOutOfRange(RequestError):
    """No such slice."""

    code, status = "no_such_slice", 422
    cause = "There is no slice with this number."
    cure = "Ask for a number within the stack."


class BadArgument(RequestError):
    """An argument of the wrong kind."""

    code, status = "bad_argument", 422
    cause = "One of the arguments is not of the expected kind."
    cure = "Reload the page."


class BadPattern(RequestError):
    """A regular expression that cannot be used."""

    code, status = "bad_pattern", 422
    cause = "The expression to search by cannot be used."
    cure = "Use letters, ., [ ], ( ), |, *, +, ? and { }, or search for plain words."


class BadReference(RequestError):
    """A file that is no protocol reference."""

    code, status = "bad_reference", 422
    cause = "This file is no protocol reference."
    cure = "Make one with 'protocol save'."


class SeriesNotChosen(RequestError):
    """An input of several series, of which one is needed."""

    code, status = "series_not_chosen", 422
    cause = "This input holds more than one series."
    cure = "Name one behind the path, as PATH#UID; 'inspect' lists them."


class NotAVolume(RequestError):
    """A file of a volume was asked for where the pictures form none."""

    code, status = "not_a_volume", 422
    cause = "These pictures do not form a volume."
    cure = "Export a series that forms a volume, or its tags."


class NotSupportedYet(RequestError):
    """A documented parameter that this version does not carry out."""

    code, status = "not_supported", 501
    cause = "This parameter is not supported by this version."
    cure = "Leave it out."


class UnknownSeries(RequestError):
    """The command names a series that is not in the input."""

    code, status = "unknown_series", 404
    cause = "No such series in this input."
    cure = "Run 'inspect' to list the series."


class TooManyJobs(RequestError):
    """One owner's unfinished jobs have reached the limit."""

    code, status = "too_many_jobs", 429
    cause = "Too much of yours is still being worked on."
    cure = "Wait until something is done, or cancel it."


class LinkDead(RequestError):
    """A share link that is unknown, expired or revoked; nobody is told which."""

    code, status = "link_dead", 404
    cause = "This link does not open anything."
    cure = "It may have expired or been withdrawn. Ask whoever sent it for a new one."


class GuestMayNot(RequestError):
    """Somebody who came by a share link asked for more than looking."""

    code, status = "guest_may_not", 403
    cause = "Whoever comes by a link may look at this one series and nothing else."
    cure = "Ask whoever sent the link."


class TooManyTries(RequestError):
    """One address keeps trying links that open nothing."""

    code, status = "too_many_tries", 429
    cause = "Too many links that open nothing were tried from here."
    cure = "Wait a minute, then open the link once more."


class TooManyRequests(RequestError):
    """One browser asks faster than the limit."""

    code, status = "too_fast", 429
    cause = "This browser asks for more than the server gives one at a time."
    cure = "Wait a second, then go on."


class TooManyLinks(RequestError):
    """One owner made as many links as a day allows."""

    code, status = "too_many_links", 429
    cause = "As many links were made today as one may make in a day."
    cure = "Use one of them again, or make another tomorrow."


class PicksUnfit(RequestError):
    """Pictures were chosen that do not settle the contested places of one stack."""

    code, status = "picks_do_not_fit", 422
    cause = "The chosen pictures do not settle every place that holds several, or belong to another input."
    cure = "Choose exactly one picture for each place that is listed."


class NothingToChoose(RequestError):
    """No place of the stack is contested, or what the choice goes by is not recorded."""

    code, status = "nothing_to_choose", 422
    cause = "There is nothing to choose between here, or not in this way."
    cure = "Run 'inspect', or open the pictures, to see which choices there are."


class SampleStays(RequestError):
    """A stack would be added to a sample, which everybody sees."""

    code, status = "sample_stays", 403
    cause = "This is a sample that everybody sees, so nothing can be added to it."
    cure = "Upload the series yourself and choose there."


class OriginalGone(RequestError):
    """The received archive that would have to be read again is no longer there."""

    code, status = "original_gone", 410
    cause = "The archive that these pictures came in is no longer kept."
    cure = "Upload it again and choose there."


class PlainHttpRefused(RequestError):
    """A hosted instance reached without TLS."""

    code, status = "plain_http", 403
    cause = "This address is not encrypted, so no patient data is taken or shown."
    cure = "Use https, or let the host set TRUESLICE_ALLOW_PLAIN_HTTP."


class UnknownHost(RequestError):
    """The request names a host this server does not answer to."""

    code, status = "unknown_host", 400
    cause = "This server does not answer to the name it was reached by."
    cure = "Use its own address, or let the host add this name to TRUESLICE_TRUSTED_HOSTS."


class CrossSiteRefused(RequestError):
    """Another site asked for a change."""

    code, status = "cross_site", 403
    cause = "This request was sent by another site."
    cure = "Open Trueslice itself and do it there."


class MethodRefused(RequestError):
    """The address exists, the method does not."""

    code, status = "method_refused", 405
    cause = "This address does not take that kind of request."
    cure = "Open the library."


class BodyTooBig(RequestError):
    """More bytes than this address takes in one request."""

    code, status = "body_too_big", 413
    cause = "This request is larger than this address takes at once."
    cure = "Reload the page; series are added by dropping them there."


class MalformedRequest(RequestError):
    """The body is not what this address expects."""

    code, status = "malformed", 400
    cause = "This request is not in the form this address expects."
    cure = "Reload the page."


class NotReady(RequestError):
    """The catalogue or the disk cannot be reached."""

    code, status = "not_ready", 503
    cause = "The server cannot reach its catalogue or its disk."
    cure = "Wait a minute; if it stays so, tell the host."


class Unforeseen(RequestError):
    """A fault of the program itself."""

    code, status = "unforeseen", 500
    cause = "The server could not do this, and the reason is a fault of the program."
    cure = "Reload the page; if it happens again, tell the host at what time."


class TaskError(TruesliceError):
    """The sandboxed child did not bring its work to an end."""

    status = 422
    cure = "Try again; if it happens again, leave the named file out."


class TaskCancelled(TaskError):
    """Somebody asked for the end."""

    code = "cancelled"
    cause = "Cancelled."
    cure = "Upload again to start over."


class TaskCrashed(TaskError):
    """The child died."""

    code = "task_crashed"
    cause = "Reading stopped unexpectedly."


class TaskOutOfMemory(TaskError):
    """The child met its memory limit."""

    code = "out_of_memory"
    cause = "Reading needed more memory than one upload may use."
    cure = "Upload fewer files at once."


class TaskTooSlow(TaskError):
    """The child met its time limit."""

    code = "too_slow"
    cause = "Reading took longer than one upload may take."
    cure = "Upload fewer files at once."


class ResultMissing(TaskError):
    """The child's files are not what it said they were."""

    code = "result_missing"
    cause = "What was read did not arrive whole."


class HostError(TruesliceError):
    """The instance cannot do its part; the host can help."""

    status = 503


class CatalogueUnreadable(HostError):
    """The catalogue is damaged, newer than this version, or its driver is missing."""

    code = "catalogue_unreadable"
    cause = "The catalogue cannot be read by this version."
    cure = "Move catalogue.sqlite out of the data folder: its rows are made again from the volumes at the next start."


class DiskDivided(HostError):
    """Staging and volumes lie on different disks, so nothing can be moved in one step."""

    code = "disk_divided"
    cause = "The folders staging and volumes are on different disks."
    cure = "Put the whole data folder on one disk."


class QueueUnavailable(HostError):
    """Jobs cannot wait where TRUESLICE_JOBS_URL says."""

    code = "queue_unavailable"
    cause = "The place named by TRUESLICE_JOBS_URL cannot hold jobs."
    cure = "Use thread:// or sqlite://, or install the driver (redis, psycopg) and start its server."


class VolumeDamaged(HostError):
    """The stored voxels are not the ones that were written."""

    code = "volume_damaged"
    cause = "The stored copy of this series is damaged."
    cure = "Delete it and upload it again."


class SecretMissing(HostError):
    """Reachable from other machines without a key of its own."""

    code, status = "secret_missing", 503
    cause = "This instance listens on a public address and has no secret key."
    cure = "Set TRUESLICE_SECRET_KEY to a long random text, the same for all its processes."


def _tree(root: type[TruesliceError]) -> Iterator[type[TruesliceError]]:
    """The class and everything below it."""
    yield root
    for child in root.__subclasses__():
        yield from _tree(child)


def from_json(record: dict[str, str]) -> TruesliceError:
    """The refusal that `as_json` wrote, as its own class again.

    Parameters
    ----------
    record : dict of str
        ``code``, ``cause`` and ``cure``; an unknown code gives a `TaskCrashed` without its text.
    """
    for kind in _tree(TruesliceError):
        if kind.code == record.get("code"):
            return kind(record.get("cause"), record.get("cure"))
    return TaskCrashed()

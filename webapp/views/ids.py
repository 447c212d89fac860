"""Every element id of the page, in one place."""

from __future__ import annotations

LOCATION = "location"
SCENE = "scene"
CURSOR = "cursor"
WINDOW = "window"
TIME = "time"
TIME_BAR = "time-bar"
TIME_SLIDER = "time-slider"
TIME_LABEL = "time-label"
CLICK = "click"
ERROR = "error"

BESIDE_OF = "beside-of"
BESIDE_SCENE = "beside-scene"
BESIDE_WINDOW = "beside-window"
BESIDE_PRESET = "beside-preset"
BESIDE_TITLE = "beside-title"
BESIDE_NOTE = "beside-note"
BESIDE_BAR = "beside-bar"
BESIDE_SWAP = "beside-swap"
BESIDE_CLOSE = "beside-close"

LIBRARY = "library"
LIBRARY_CARDS = "library-cards"
LIBRARY_CHANGED = "library-changed"
DELETE_DIALOG = "delete-dialog"
DELETE_CONFIRM = "delete-confirm"
DELETE_KEY = "delete-key"
DELETE_KEEP = "delete-keep"

DROP_ZONE = "drop-zone"
FILE_INPUT = "file-input"
FOLDER_INPUT = "folder-input"
CHOOSE_FILES = "choose-files"
CHOOSE_FOLDER = "choose-folder"
UPLOAD_ROWS = "upload-rows"
UPLOAD_DONE = "upload-done"
JOB_ROWS = "job-rows"
JOB_TICK = "job-tick"
JOBS_DISMISSED = "jobs-dismissed"

PAGE = "page"
VIEWER = "viewer"
TOP_BAR = "top-bar"
TITLE = "title"
VERDICT = "verdict"
HOME = "home"
AUDIT_LINE = "audit-line"
READ_OUT = "read-out"
SIDE_PANEL = "side-panel"
PANEL_TABS = "panel-tabs"
REFUSAL = "refusal"
PLAY = "play"
PANEL_TOGGLE = "panel-toggle"
VIEW = "view"
ZOOM = "zoom"
ADDRESS = "address"
PLANES = "planes"
PLANES_BUTTON = "planes-button"
PLANE_AXES = "plane-axes"
SLAB_MODE = "slab-mode"
SLAB_MM = "slab-mm"
LINES = "lines"
LINES_BAR = "lines-bar"
LINES_OF = "lines-of"
LINES_OPEN = "lines-open"
PLANE_SWITCH = "plane-switch"
KEYS_DIALOG = "keys-dialog"
KEYS_BUTTON = "keys-button"
SLICE_TEMPLATE = "slice-template"
WINDOW_PRESET = "window-preset"
WINDOW_CENTER = "window-center"
WINDOW_WIDTH = "window-width"
VALUE_SCALE = "value-scale"
THEME = "theme"
PICTURE_BUTTON = "picture-button"
HISTOGRAM = "histogram"
HISTOGRAM_ENDS = "histogram-ends"
HISTOGRAM_OF = "histogram-of"
COLOUR_MAP = "colour-map"
INVERT = "invert"
NAMED = "picture-named"
PICTURE_SAVE = "picture-save"
PICTURE_NOTE = "picture-note"

SURFACES = "surfaces"
SURFACE_GRAPH = "surface-graph"
SURFACE_TEMPLATE = "surface-template"
SURFACE_LABEL = "surface-label"
SURFACE_PANEL = "surface-panel"
SURFACE_ACT = "surface-act"
SURFACE_ROWS = "surface-rows"
SURFACE_LEVELS = "surface-levels"
SURFACE_HISTOGRAM = "surface-histogram"
SURFACE_LEVEL = "surface-level"
SURFACE_PRESET = "surface-preset"
SURFACE_SLIDER = "surface-slider"
SURFACE_UNIT = "surface-unit"
SURFACE_WHY = "surface-why"
SURFACE_START = "surface-start"
SURFACE_WISHES = "surface-wishes"
SURFACE_WORK = "surface-work"
SURFACE_TICK = "surface-tick"
SURFACE_MESH = "surface-mesh"
SURFACE_FACTS = "surface-facts"
SURFACE_LARGEST = "surface-largest"
SURFACE_ISLAND = "surface-island"
SURFACE_SMOOTH = "surface-smooth"
SURFACE_CLOSED = "surface-closed"
SURFACE_PLANES = "surface-planes"
SURFACE_CLIP = "surface-clip"
SURFACE_CAMERA = "surface-camera"
SURFACE_EXPORT = "surface-export"
SURFACE_FORMAT = "surface-format"
SURFACE_SPACE = "surface-space"
SURFACE_CHECK = "surface-check"
SURFACE_FILE = "surface-file"

SHARE_BUTTON = "share-button"
SHARE_DIALOG = "share-dialog"
SHARE_WORDS = "share-words"
SHARE_LIFE = "share-life"
SHARE_MAKE = "share-make"
SHARE_VIEW = "share-view"
SHARE_MADE = "share-made"
SHARE_ADDRESS = "share-address"
SHARE_RESULT = "share-result"
SHARE_NOTE = "share-note"
SHARE_LINKS = "share-links"
COPY_VIEW = "copy-view"
LEAVE = "leave"
CHOICE = "choice"
CHOICE_OFFER = "choice-offer"
CHOICE_START = "choice-start"
CHOICE_CANCEL = "choice-cancel"
CHOICE_PROGRESS = "choice-progress"
CHOICE_NOTE = "choice-note"
CHOICE_JOB = "choice-job"
CHOICE_TICK = "choice-tick"

OVERLAY_LIST = "overlay-list"
OVERLAYS_OPENED = "overlays-opened"

MEASURES = "measures"
MEASURES_DRAWN = "measures-drawn"
MEASURES_SHOWN = "measures-shown"
MEASURES_SAVED = "measures-saved"
MEASURE_ACTIVE = "measure-active"
MEASURE_TOOL = "measure-tool"
MEASURE_LIST = "measure-list"
MEASURE_NOTE = "measure-note"
MEASURE_SAVE = "measure-save"

AUDIT = "audit"

TAG_PANEL = "tag-panel"
TAG_PART = "tag-part"
TAG_GRID = "tag-grid"
TAG_FILTER = "tag-filter"
TAG_COMPARE = "tag-compare"
TAG_TOPICS = "tag-topics"
TAG_GROUP = "tag-group"
TAG_SLICE = "tag-slice"
TAG_AGAINST = "tag-against"
TAG_WHERE = "tag-where"
TAG_COUNT = "tag-count"
TAG_NOTE = "tag-note"
TAG_FILES = "tag-files"
TAG_VENDOR = "tag-vendor"
TAG_LINK = "tag-link"
TAG_DETAIL = "tag-detail"
TAG_WORDS = "tag-words"
TAG_FOUND = "tag-found"
TAG_REFERENCE = "tag-reference"
TAG_SAVE = "tag-save"
TAG_LOAD = "tag-load"
TAG_CHECKS = "tag-checks"


def job_cancel(job: str) -> dict[str, str]:
    """The cancel button of one job."""
    return {"kind": "job-cancel", "job": job}


def job_dismiss(job: str) -> dict[str, str]:
    """The button that puts one finished job out of sight."""
    return {"kind": "job-dismiss", "job": job}


def share_withdraw(share: str) -> dict[str, str]:
    """The button that takes one link back."""
    return {"kind": "share-withdraw", "share": share}


def card_delete(key: str) -> dict[str, str]:
    """The delete button of one library card."""
    return {"kind": "card-delete", "key": key}


def choice_ready(name: str) -> dict[str, str]:
    """The button that takes one picture for every contested place by a rule."""
    return {"kind": "choice-ready", "pick": name}


def choice_place(place: int) -> dict[str, str | int]:
    """The pictures of one contested place."""
    return {"kind": "choice-place", "place": place}


def slice_graph(plane: str) -> str:
    """The graph of one plane."""
    return f"slice-{plane}"


def slice_slider(plane: str) -> str:
    """The rail of one plane: its value is the shown index."""
    return f"slider-{plane}"


def slice_label(plane: str) -> str:
    """The corner text that names the pixels on screen."""
    return f"label-{plane}"


def slice_edges(plane: str) -> str:
    """The orientation letters around one plane."""
    return f"edges-{plane}"


def slice_foot(plane: str) -> str:
    """The corner text with the window and the thickness of one plane."""
    return f"foot-{plane}"


def slice_name(plane: str) -> str:
    """The corner text with the name of one plane."""
    return f"name-{plane}"


def pane(plane: str) -> str:
    """The pane that holds one plane's picture, words and rail."""
    return f"pane-{plane}"


def plane_button(plane: str) -> str:
    """The coloured letter that shows one plane on a phone."""
    return f"show-{plane}"

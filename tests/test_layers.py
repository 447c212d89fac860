"""Which room may import which: the architecture, held over the imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from webapp.config import ROOT

#: Floors from the top down. A room may import what stands on lower floors, and itself; never a neighbour on its own.
FLOORS = (
    {"app", "wsgi", "__main__", "commands", "doctor", "export_command", "opened_input", "serving", "tag_commands"},
    {"views", "routes"},
    {"access"},
    {"services"},
    {"figures", "exports", "jobs"},
    {"sandbox", "store", "compare"},
    {"tasks"},
    {"reconstruct"},
    {"stackfiles"},
    {"dicom", "imaging"},
    {"findings", "errors", "config", "measures"},
)

#: Files that belong together and stand on the floor of the first; they may import each other.
ROOMS = {
    "jobs": {"jobs", "job_choice", "job_copies", "job_opened", "job_queue", "job_shift", "job_surfaces", "job_work"},
    "sandbox": {"sandbox", "sandbox_blame", "sandbox_child"},
    "reconstruct": {"reconstruct", "overlaid", "overlaygrid", "overlaymasks", "stackmeta", "stackwindows"},
    "app": {
        "app",
        "wsgi",
        "__main__",
        "commands",
        "doctor",
        "export_command",
        "opened_input",
        "serving",
        "tag_commands",
    },
    "stackfiles": {"stackfiles", "stackoverlays", "stackplaces", "stackwords", "stackchoices", "portrait"},
    "findings": {"findings", "errors", "config", "measures"},
}

#: Libraries that only some rooms may know.
LIBRARIES = {
    "dash": {"views", "app"},
    "dash_ag_grid": {"views"},
    "dash_mantine_components": {"views"},
    "plotly": {"figures"},
    "pydicom": {"dicom"},
    "skimage": {"imaging"},
    "fast_simplification": {"imaging"},
    "PIL": {"imaging"},
    "flask": {"routes", "app"},
    "flask_compress": {"app"},
    "nibabel": {"exports"},
    "trimesh": set(),
    "jinja2": {"exports"},
    "sqlalchemy": {"store"},
    "alembic": {"store"},
    "huey": {"jobs"},
    "imagecodecs": {"dicom"},
    "isal": {"dicom"},
}

PACKAGE = ROOT / "webapp"
FILES = sorted(PACKAGE.rglob("*.py"))


def room_of(name: str) -> str:
    """The room a top-level module or folder belongs to."""
    return next((room for room, members in ROOMS.items() if name in members), name)


def place_of(path: Path) -> str:
    """The top-level module or folder a file belongs to."""
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def floor_of(room: str) -> int:
    """The floor a room stands on, 0 at the top."""
    return next(number for number, rooms in enumerate(FLOORS) if room in rooms)


def imports_of(path: Path) -> Iterator[tuple[ast.stmt, str]]:
    """Each import statement of a file with the module it names."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            if node.module == "webapp":
                yield from ((node, f"webapp.{name.name}") for name in node.names)
            else:
                yield node, node.module


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_room_imports_only_what_lies_below_it(path: Path) -> None:
    here = room_of(place_of(path)) if path.parent != PACKAGE or path.stem != "__init__" else "findings"
    for _, module in imports_of(path):
        if module.startswith("webapp.") and module != "webapp.__version__":
            there = room_of(module.split(".")[1])
            assert there == here or floor_of(there) > floor_of(here), f"{here} imports {there}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_library_is_known_to_its_own_rooms_only(path: Path) -> None:
    here = room_of(place_of(path))
    for _, module in imports_of(path):
        allowed = LIBRARIES.get(module.split(".")[0])
        assert allowed is None or here in allowed, f"{here} imports {module}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_nothing_is_imported_inside_a_function(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    inside = [
        node for function in functions for node in ast.walk(function) if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert not inside


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("__init__.py")), ids=lambda path: str(path.parent.name))
def test_no_package_hands_on_what_belongs_to_its_rooms(path: Path) -> None:
    assert not list(imports_of(path))


def test_every_room_has_a_floor() -> None:
    rooms = {room_of(place_of(path)) for path in FILES} - {"__init__"}
    assert rooms <= set().union(*FLOORS)


@pytest.mark.parametrize(
    "words",
    [
        ".extractall(",
        "setrecursionlimit",
        "dcc.Upload(",
        "DataTable(",
        "scattergl",
        "unsafe-eval",
        "pickle.load",
        "shell=True",
    ],
)
def test_what_has_hurt_others_is_not_used(words: str) -> None:
    assert not [path for path in FILES if words in path.read_text(encoding="utf-8")]

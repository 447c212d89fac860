"""What the documents say is true: commands, settings, limits, refusals and rooms, held against the code.

A table between ``<!-- NAME -->`` and ``<!-- end NAME -->`` is made from the code. Where one is out of date its test
prints the table to put there.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path, PurePath
from typing import Any

import pytest
from packaging.requirements import Requirement
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydicom.uid import UID

from tests.hostile import covered
from tests.test_layers import FLOORS
from webapp import __version__, errors
from webapp.config import ROOT, AuditThresholds, Config, Limits
from webapp.dicom.codecs import DECODERS, FAMILIES, NATIVE
from webapp.dicom.summary import _NO_VOLUME

DOCS = ROOT / "docs"
SAMPLES = ROOT / "sample_data"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *SAMPLES.glob("*.md")])
UNITS = ((1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB"))


def text_of(name: str) -> str:
    """One document."""
    return (ROOT / name).read_text(encoding="utf-8")


def table_in(name: str, mark: str) -> str:
    """The table of a document between its marks."""
    found = re.search(rf"<!-- {mark} -->\n(.*?)<!-- end {mark} -->", text_of(name), re.DOTALL)
    assert found, f"{name} has no table {mark}"
    return found[1].strip()


def table(heads: list[str], rows: list[list[str]]) -> str:
    """A table as the documents write it."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '&#124;') for cell in line)} |" for line in lines)


def default_words(field: FieldInfo) -> str:
    """A default as a host would write it, with its size in words where it is one of bytes."""
    value = field.default
    if isinstance(value, PurePath):
        return f"`{value.relative_to(ROOT)}` in the checkout"
    if value in ("", ()):
        return "empty"
    if "bytes" in str(field.description):
        unit, name = next((unit, name) for unit, name in UNITS if value >= unit)
        return f"{value} ({value / unit:g} {name})"
    return str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)


def settings_rows(model: type[BaseModel], prefix: str) -> list[list[str]]:
    """Name, default and meaning of every plain setting."""
    return [
        [f"`{prefix}{name.upper()}`", default_words(field), str(field.description)]
        for name, field in model.model_fields.items()
        if not isinstance(field.default, BaseModel)
    ]


def syntax_rows() -> list[list[str]]:
    """Every transfer syntax that is read, and by what."""
    plain = [[UID(syntax).name, f"`{syntax}`", "plain numbers"] for syntax in sorted(NATIVE)]
    packed = [[UID(syntax).name, f"`{syntax}`", DECODERS[family].package] for syntax, family in FAMILIES.items()]
    return [*plain, *packed]


def refusals(kind: type[errors.TruesliceError] = errors.TruesliceError) -> Iterator[type[errors.TruesliceError]]:
    """Every class of the tree with a code of its own, from the root down."""
    for child in kind.__subclasses__():
        if child.code != kind.code and child.__module__ == errors.__name__:
            yield child
        yield from refusals(child)


def refusal_rows() -> list[list[str]]:
    """Code, status, cause and cure."""
    return [[f"`{kind.code}`", str(kind.status), kind.cause, kind.cure] for kind in refusals()]


def test_the_settings_of_the_deploy_page_are_the_codes() -> None:
    wanted = table(["setting", "default", "what it is"], settings_rows(Config, "TRUESLICE_"))
    assert table_in("docs/deploying.md", "settings") == wanted, f"\n{wanted}"


def test_the_thresholds_of_the_audit_are_the_codes() -> None:
    wanted = table(["setting", "default", "what it is"], settings_rows(AuditThresholds, "TRUESLICE_AUDIT__"))
    assert table_in("docs/deploying.md", "audit") == wanted, f"\n{wanted}"


def test_the_limits_of_the_limits_page_are_the_codes() -> None:
    wanted = table(["setting", "default", "what it bounds"], settings_rows(Limits, "TRUESLICE_LIMITS__"))
    assert table_in("docs/limits.md", "limits") == wanted, f"\n{wanted}"


def test_the_transfer_syntaxes_of_the_limits_page_are_the_codes() -> None:
    wanted = table(["transfer syntax", "UID", "read by"], syntax_rows())
    assert table_in("docs/limits.md", "transfer syntaxes") == wanted, f"\n{wanted}"


def test_every_refusal_is_explained() -> None:
    wanted = table(["code", "status", "what it means", "what to do"], refusal_rows())
    assert table_in("docs/limits.md", "refusals") == wanted, f"\n{wanted}"


def test_the_catalogue_of_bad_inputs_is_the_one_that_is_sent() -> None:
    wanted = table(["row", "what is sent or done", "proved by"], covered.table_rows())
    assert table_in("docs/limits.md", "hostile") == wanted, f"\n{wanted}"


def test_every_other_test_that_proves_a_bad_input_is_there() -> None:
    assert [path for _, path in covered.ELSEWHERE.values() if not (ROOT / path).exists()] == []
    assert "nobody has written it yet" not in str(covered.table_rows())


def test_no_two_refusals_share_a_code() -> None:
    codes = [kind.code for kind in refusals()]
    assert len(codes) == len(set(codes))


def test_every_reason_against_a_volume_is_explained() -> None:
    named = set(re.findall(r"G\d\d", table_in("docs/limits.md", "no volume")))
    assert named == set(_NO_VOLUME)


def test_every_reason_for_setting_a_file_aside_is_one_the_code_gives() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "webapp").rglob("*.py"))
    codes = re.findall(r"^\| `(\w+)`", table_in("docs/limits.md", "set aside"), re.MULTILINE)
    assert codes
    assert [code for code in codes if f'"{code}"' not in source] == []


def test_the_layers_of_the_contributing_page_are_the_ones_that_are_held() -> None:
    listed = re.search(r"```\n(\{app.*?)```", text_of("CONTRIBUTING.md"), re.DOTALL)
    assert listed
    floors = [set(re.findall(r"\w+", line)) for line in listed[1].strip().splitlines()]
    assert floors == list(FLOORS)


def test_gunicorns_own_variables_are_on_the_deploy_page() -> None:
    named = set(re.findall(r"environ\.get\(['\"](\w+)", text_of("gunicorn.conf.py")))
    assert {name for name in named if f"`{name}`" not in text_of("docs/deploying.md")} == set()


def test_the_files_the_deploy_page_quotes_are_quoted_word_for_word() -> None:
    page = text_of("docs/deploying.md")
    for path in sorted((DOCS / "deploy").iterdir()):
        assert f"deploy/{path.name}" in page
    for quoted in ("trueslice.env", "nginx.conf"):
        assert (DOCS / "deploy" / quoted).read_text(encoding="utf-8").strip() in page


def make_targets() -> set[str]:
    """Every target of the Makefile."""
    return set(re.findall(r"^([a-z][a-z-]*):", text_of("Makefile"), re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_make_command_of_a_page_exists(page: Path) -> None:
    named = set(re.findall(r"(?:`|^)make ([a-z][a-z-]*)", page.read_text(encoding="utf-8"), re.MULTILINE))
    assert named <= make_targets()


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    inside = [link for link in links if "://" not in link]
    assert [link for link in inside if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_path_a_page_names_exists(page: Path) -> None:
    named = re.findall(r"`((?:webapp|docs|tests|assets|sample_data|requirements)/[\w./-]+)`", page.read_text("utf-8"))
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_the_map_of_rooms_is_the_folder() -> None:
    here = ROOT / "webapp"
    folders = {f"{path.name}/" for path in here.iterdir() if (path / "__init__.py").exists()}
    modules = {path.name for path in here.glob("*.py")} - {"__init__.py"}
    named = set(re.findall(r"`([a-z_]+(?:/|\.py))`", table_in("README.md", "rooms")))
    assert named == folders | modules


def readme_commands(word: str) -> list[list[str]]:
    """The command lines of the README that run a command, without the interpreter."""
    lines = re.findall(rf"^\.venv/bin/python (-m webapp {word}.*)$", text_of("README.md"), re.MULTILINE)
    return [shlex.split(line) for line in lines]


def run(words: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """A command of the README, in the checkout; what it writes goes into a folder of the test's own."""
    if "-o" in words:
        place = words.index("-o") + 1
        words = [*words[:place], str(folder / words[place]), *words[place + 1 :]]
    return subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)


@pytest.mark.parametrize("word", ["inspect", "probe", "export", "tag"])
def test_the_commands_of_the_readme_run_on_the_samples(word: str, tmp_path: Path) -> None:
    commands = readme_commands(word)
    assert commands
    for words in commands:
        if not all((ROOT / path).exists() for path in words if path.endswith(".zip")):
            pytest.skip("the sample series are not made yet: python -m sample_data.make")
        done = run(words, tmp_path)
        assert done.returncode == 0, done.stderr
        if "--json" in words:
            assert json.loads(done.stdout)["trueslice"] == __version__
        if "-o" in words:
            assert (tmp_path / words[words.index("-o") + 1]).stat().st_size > 0


def test_what_the_readme_shows_of_inspect_is_what_it_prints(tmp_path: Path) -> None:
    shown = re.search(r"```text\n(.*?)```", text_of("README.md"), re.DOTALL)
    assert shown
    done = run(readme_commands("inspect")[0], tmp_path)
    assert done.stdout.strip() == shown[1].strip()


def runtime_requirements() -> dict[str, Requirement]:
    """What the application asks for directly."""
    lines = text_of("requirements/runtime.in").splitlines()
    return {one.name.lower(): one for one in map(Requirement, filter(None, (line.strip() for line in lines)))}


def dependency_rows() -> dict[str, list[str]]:
    """The table of decision 0008 by package."""
    lines = table_in("docs/decisions/0008-dependencies.md", "dependencies").splitlines()[2:]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {row[0].strip("`").lower(): row for row in rows}


def test_every_direct_dependency_is_accounted_for() -> None:
    assert set(dependency_rows()) == set(runtime_requirements())


def test_the_versions_of_the_dependency_table_are_the_installed_ones() -> None:
    if sys.version_info[:2] != (3, 11):
        pytest.skip("the table names the versions pinned for Python 3.11")
    named = {name: row[1] for name, row in dependency_rows().items()}
    assert named == {name: distribution(name).version for name in runtime_requirements()}


def test_no_dependency_is_under_a_licence_that_binds_the_whole() -> None:
    for name in runtime_requirements():
        metadata: Any = distribution(name).metadata
        named = [metadata.get("License-Expression") or "", *(metadata.get_all("Classifier") or [])]
        assert not [words for words in named if re.search(r"\b(A?GPL|GNU General Public)", words)], name


def test_the_changelog_tells_of_this_version() -> None:
    assert f"## [{__version__}]" in text_of("CHANGELOG.md")


def test_the_licence_is_the_one_the_package_states() -> None:
    project = tomllib.loads(text_of("pyproject.toml"))["project"]
    assert text_of("LICENSE").startswith(f"{project['license']} License")


def test_the_decisions_are_numbered_without_a_hole() -> None:
    numbers = [int(path.name[:4]) for path in sorted((DOCS / "decisions").glob("*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("page", sorted((DOCS / "decisions").glob("*.md")), ids=lambda path: path.stem)
def test_a_decision_says_why_what_and_what_follows(page: Path) -> None:
    heads = re.findall(r"^## (\w+)", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert heads[:3] == ["Context", "Choice", "Consequences"]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_page_does_not_shout(page: Path) -> None:
    prose = re.sub(r"```.*?```|`[^`]*`|<!--.*?-->|!\[", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert "!" not in prose

"""L01: forty words that may be in the store and nowhere else."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from tests.factories import Scan
from tests.hostile.bodies import element, file_of, inserted, series_files, zipped
from tests.hostile.callbacks import called, made_link
from tests.hostile.cases import Act
from tests.hostile.siege import Siege
from tests.hostile.town import Town, under

#: Elements that take a word each.
_TAGS = (
    *("PatientName", "PatientID", "PatientBirthName", "OtherPatientNames", "PatientAddress", "PatientComments"),
    *("StudyDescription", "SeriesDescription", "ProtocolName", "StationName", "InstitutionName", "StudyID"),
    *("InstitutionAddress", "ReferringPhysicianName", "PerformingPhysicianName", "OperatorsName", "AccessionNumber"),
    *("RequestingPhysician", "RequestedProcedureDescription", "AdditionalPatientHistory", "ImageComments"),
    *("Occupation", "EthnicGroup", "MedicalRecordLocator", "DeviceSerialNumber", "PerformedProcedureStepDescription"),
    *("PhysiciansOfRecord", "NameOfPhysiciansReadingStudy", "AdmittingDiagnosesDescription", "CurrentPatientLocation"),
    *("MilitaryRank", "BranchOfService", "PatientReligiousPreference", "RegionOfResidence", "CountryOfResidence"),
)
WORDS = tuple(f"KANARIE{number:02}" for number in range(40))
_IN_STORE = re.compile(r"uploads|volumes|staging|catalogue\.sqlite")


def sent(siege: Siege) -> tuple[Any, str]:
    """A series with a word in every place that takes one: tags, private tags, file, folder and upload names."""
    tags: dict[str, Any] = dict(zip(_TAGS, WORDS, strict=False))
    private = element(9, 0x10, b"LO", b"MAKER ") + element(9, 0x1001, b"LO", WORDS[35].encode() + b" ")
    odd = inserted(file_of(**tags), 0x10, 0x10, private)
    bad = file_of(**tags)[:-100]
    date = inserted(file_of(**tags), 0x10, 0x10, element(8, 0x22, b"DA", WORDS[39].encode() + b" "))
    files = [(f"{WORDS[36]}/{WORDS[37]}{name}", body) for name, body in series_files(Scan(tags=tags))]
    visitor = siege.somebody()
    whole = zipped([*files, (f"{WORDS[38]}.dcm", odd), ("bad", bad), ("date", date), (WORDS[38], b"no DICOM")])
    outcome = visitor.upload(whole)
    assert outcome.cards, outcome.refusal
    return visitor, next(card.key for card in outcome.cards if card.images > 1)


def planted(siege: Siege) -> None:
    """After everything that can be done to the series the words are in the store and nowhere else."""
    visitor, key = sent(siege)
    headers = []
    for name in (
        "axial/0",
        "axial/999",
        "tags.csv",
        "report.html",
        "volume.nii.gz",
        "comparison.csv",
        "thumbnail.png",
        "x",
    ):
        headers.append(str(visitor.ask("GET", f"/volumes/{key}/{name}").headers))
    for output in ("library-cards.children", "scene.data", "share-words.children"):
        values = {"location.search": f"?stack={key}", "location.pathname": "/", "scene.data": {"key": key}}
        headers.append(str(called(visitor, output, values).headers))
    made_link(visitor, key)
    headers.append(str(visitor.ask("GET", "/metrics").body) + str(visitor.ask("GET", "/health").body))
    assert found_in("\n".join(headers)) == []
    assert found_in(siege.town.text_of_logs()) == []
    assert outside_of_the_store(siege.town) == []


def outside_of_the_store(town: Town) -> list[str]:
    """Words in files that are no store, and in the name of any file."""
    found: list[str] = []
    for path in under(town.folder):
        name = str(path.relative_to(town.folder))
        found += found_in(name)
        if not _IN_STORE.search(name):
            found += found_in(_text(path))
    return found


def found_in(text: str) -> list[str]:
    """The words that a text holds."""
    return [word for word in WORDS if word in text]


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("latin-1")
    except OSError:
        return ""


LAST = (Act("L01", "40 words planted", planted),)

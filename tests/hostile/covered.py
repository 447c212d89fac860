"""Which rows of the catalogue are covered, by what, and why the rest are not: the table of docs/limits.md."""

from __future__ import annotations

from tests.hostile.register import ACTS, FILES, UPLOADS

#: How many rows each part of the catalogue has.
PARTS = {"Z": 20, "D": 22, "P": 18, "V": 10, "X": 12, "H": 17, "S": 10, "F": 16, "L": 8}

#: Rows that are proved by other tests than the catalogue's own: what is done, and where.
ELSEWHERE = {
    "F01": ("web workers killed at random moments", "tests/hostile/test_chaos.py"),
    "F03": ("the master killed at random moments", "tests/hostile/test_chaos.py"),
    "F08": ("clocks that jump", "tests/store/test_clocks.py"),
    "F11": ("a queue that does not answer", "tests/jobs/test_job_queue.py"),
    "F15": ("a connection that is lost", "tests/browser/test_upload.py"),
    "L03": ("requests to other machines from the page", "tests/browser/test_trusted_types.py"),
}

#: Rows that nothing proves, and why.
NOT = {
    "S08": "There are no accounts, so there is no session that an idle page could lock.",
    "F12": "Ten large volumes at once need a machine of their own; volumes are mapped files that processes share.",
    "F14": "Children are fresh interpreters; nothing is forked from a process that has threads.",
}


def rows() -> list[str]:
    """Every row there is, in order."""
    return [f"{part}{number:02}" for part, count in PARTS.items() for number in range(1, count + 1)]


def table_rows() -> list[list[str]]:
    """Row, what is sent or done, and by what it is proved."""
    return [[row, *_told(row)] for row in rows()]


def counts() -> tuple[int, int, int]:
    """Rows proved by ``make test``, by ``make hostile`` only, and not at all."""
    told = [where for _, where in (_told(row) for row in rows())]
    slow, none = told.count("`make hostile`"), sum(where.startswith("not:") for where in told)
    return len(told) - slow - none, slow, none


def _told(row: str) -> tuple[str, str]:
    """What is sent or done, and where."""
    cases = [(case.name, case.slow) for case in (*UPLOADS, *ACTS) if case.row == row]
    cases += [(file.name, False) for file, _ in FILES if file.row == row]
    if cases:
        names = "; ".join(dict.fromkeys(name for name, _ in cases))
        return names.replace("|", "&#124;"), "`make hostile`" if all(slow for _, slow in cases) else "`make test`"
    if row in ELSEWHERE:
        words, path = ELSEWHERE[row]
        return words, f"`{path}`"
    return "", f"not: {NOT.get(row, 'nobody has written it yet')}"

"""``python -m tests.hostile fuzz|chaos COUNT [SEED]``: more than any suite has time for."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.hostile import chaos, mutate
from tests.hostile.town import running
from tests.hostile.visitor import Visitor


def main() -> None:
    """Send so many mutants, or kill so many times, and say what was seen."""
    what, count, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 0
    with TemporaryDirectory() as folder, running(Path(folder)) as town:
        start = time.monotonic()
        if what == "chaos":
            book = chaos.rounds(town, count, seed)
            worst = {who: round(max(s for one, s in book.back if one == who), 2) for who, _ in book.back}
            print(f"{count} kills: {len(book.committed)} series kept, 0 lost; away for at most {worst} s")
        else:
            workers, slowest, refused = town.workers, 0.0, 0
            for number, whole in enumerate(mutate.batches(count, seed)):
                outcome = Visitor(town).upload(whole, 180)
                mutate.held(town, outcome, workers)
                slowest, refused = max(slowest, outcome.reading), refused + bool(outcome.refusal)
                if number % 20 == 0:
                    print(f"{number * mutate.TOGETHER} of {count}, {time.monotonic() - start:.0f} s", flush=True)
            print(f"{count} mutants: workers alive, slowest upload {slowest:.1f} s, {refused} uploads refused whole")


if __name__ == "__main__":
    main()

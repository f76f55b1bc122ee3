"""`make train` writes what was learnt; `make measure` says how good it is."""

import sys

from bot.lexicon import SPELLING, UNDERSTANDING, packed, read_spelling
from training.learn import learn
from training.material import digest
from training.measure import material_of, report


def train() -> None:
    spelling, material = read_spelling(UNDERSTANDING / SPELLING), digest(UNDERSTANDING)
    for name, known in material_of().items():
        (UNDERSTANDING / name).write_bytes(packed(learn(known, spelling), material))


if __name__ == "__main__":
    if "measure" in sys.argv:
        report()
    else:
        train()

"""`make train` writes what was learnt; `make measure` says how good it is."""

import sys

from bot.lexicon import SPELLING, UNDERSTANDING, WEIGHTS, packed, read_spelling
from training.learn import learn
from training.material import digest, sentences
from training.measure import report


def train() -> None:
    model = learn(sentences(UNDERSTANDING), read_spelling(UNDERSTANDING / SPELLING))
    (UNDERSTANDING / WEIGHTS).write_bytes(packed(model, digest(UNDERSTANDING)))


if __name__ == "__main__":
    if "measure" in sys.argv:
        report()
    else:
        train()

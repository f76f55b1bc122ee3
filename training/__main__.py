"""`make train` writes what was learnt; `make measure` says how good it is."""

import sys

from bot.lexicon import SPELLING, UNDERSTANDING, WEIGHTS, WORDING, packed, read_hosts, read_spelling
from training.learn import learn
from training.material import digest, sentences, wording
from training.measure import report


def train() -> None:
    spelling, material = read_spelling(UNDERSTANDING / SPELLING), digest(UNDERSTANDING)
    for name, learnt in ((WEIGHTS, sentences(UNDERSTANDING)), (WORDING, wording(UNDERSTANDING, read_hosts()))):
        (UNDERSTANDING / name).write_bytes(packed(learn(learnt, spelling), material))


if __name__ == "__main__":
    if "measure" in sys.argv:
        report()
    else:
        train()

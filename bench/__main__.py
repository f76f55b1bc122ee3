"""`python -m bench [--quick | --full] [PART …]`: measures, prints one table, keeps it in a file."""

import argparse
import time
from collections.abc import Callable
from pathlib import Path

from bench import broadcast, endtoend, growth, intake, limits, machine, outbound, streams
from bench.environments import CACHE, versions
from bench.laboratory import FULL, QUICK, USUAL, Laboratory, laboratory
from bench.report import Row, markdown

PARTS: dict[str, Callable[[Laboratory], list[Row]]] = {
    intake.PART: intake.measure,
    outbound.LEDGER: outbound.ledger,
    outbound.PART: outbound.measure,
    endtoend.PART: endtoend.measure,
    broadcast.PART: broadcast.measure,
    streams.PART: streams.measure,
    limits.PART: limits.measure,
    limits.REPLIES: limits.replies,
    limits.WORKERS: limits.workers,
    growth.PART: growth.measure,
}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}")
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="small sizes, two rounds")
    size.add_argument("--full", action="store_true", help="five rounds, an hour or so")
    parser.add_argument("--output", type=Path, default=CACHE / "result.md")
    found = parser.parse_args()
    if unknown := set(found.parts) - PARTS.keys():
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    return found


def main() -> None:
    arguments = _arguments()
    CACHE.mkdir(exist_ok=True)
    rows: list[Row] = []
    begun = machine.load()
    sizes = QUICK if arguments.quick else FULL if arguments.full else USUAL
    with laboratory(sizes) as lab:
        described = machine.describe(lab.databases.version())
        for name in arguments.parts or PARTS:
            start = time.monotonic()
            rows += PARTS[name](lab)
            print(f"{name}: {time.monotonic() - start:.0f} s", flush=True)
            _keep(arguments.output, described, begun, rows)
    print(arguments.output.read_text("utf-8"))


def _keep(output: Path, described: list[str], begun: str, rows: list[Row]) -> None:
    """After every part, so that an interrupted run leaves what it had."""
    peers = [f"- peers: {versions(name)}" for name in ("ptb", "aiogram")]
    load = f"- load of the machine (1, 5, 15 minutes): {begun} before, {machine.load()} after"
    text = "\n".join([*described, *peers, load, "", markdown(rows), ""])
    output.write_text(text, "utf-8")


if __name__ == "__main__":
    main()

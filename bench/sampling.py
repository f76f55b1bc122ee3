"""`python -m bench.sampling [--postgres] [--gil]`: where the way in spends its time under wrk.

Samples the service with py-spy (of the path or of .bench/venvs/sampling), prints the functions
that were on top most often by thread, and keeps the stacks in .bench/way-in.folded.
"""

import argparse
import shutil
import subprocess
from collections import Counter, defaultdict
from pathlib import Path

from bench.databases import POSTGRES, SQLITE
from bench.environments import CACHE, python
from bench.laboratory import QUICK, laboratory
from bench.wrk import flood

_SECONDS = 8
_SHOWN = 18


def main() -> None:
    parser = argparse.ArgumentParser("python -m bench.sampling", description=__doc__)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--gil", action="store_true", help="only who holds the interpreter's lock")
    given = parser.parse_args()
    CACHE.mkdir(exist_ok=True)
    kept = CACHE / "way-in.folded"
    spy = shutil.which("py-spy") or str(Path(python("sampling")).with_name("py-spy"))
    with laboratory(QUICK) as lab:
        lab.platform.reset()
        url = lab.databases.new(POSTGRES if given.postgres else SQLITE)
        with lab.service(url, role="web") as service:
            hook = f"http://127.0.0.1:{service.port}/hooks/telegram"
            flood(hook, 1)
            command = [spy, "record", "--threads", "-r", "500", "-d", str(_SECONDS - 2)]
            command += ["-f", "raw", "-o", str(kept), "-p", str(service.pid)]
            command += ["--gil"] if given.gil else []
            with subprocess.Popen(command, stdout=subprocess.DEVNULL) as sampling:
                hits = flood(hook, _SECONDS)
                sampling.wait()
    print(f"{hits.rate:.0f} calls/s, p99 {hits.p99:.1f} ms")
    print(shares(kept.read_text("utf-8")))


def shares(folded: str) -> str:
    """The most sampled functions of each thread, in per cent of all samples."""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for line in folded.splitlines():
        stack, _, many = line.rpartition(" ")
        thread, *frames = stack.split(";")
        if frames:
            found[thread][frames[-1]] += int(many)
    total = sum(one.total() for one in found.values()) or 1
    lines = []
    for thread, on_top in sorted(found.items(), key=lambda one: -one[1].total()):
        lines.append(f"\n{on_top.total() / total:6.1%} {thread}")
        lines += [f"{many / total:10.1%} {name}" for name, many in on_top.most_common(_SHOWN)]
    return "\n".join(lines)


if __name__ == "__main__":
    main()

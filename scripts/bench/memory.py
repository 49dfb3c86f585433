#!/usr/bin/env python3
"""Runs the workloads of this folder under memory limits and says whether the promise holds: what was resident stays below
what was projected plus a tenth, and below the limit.

    python3 scripts/bench/memory.py                     every workload under 256 MB, 1 GB and 8 GB
    python3 scripts/bench/memory.py sum rechunk --limits 256MB
    python3 scripts/bench/memory.py --slack 32MB        what a session may take besides arrays (stacks, code, file tables)

"projected" and "measured" are the run's own report of the worst cell; "resident" is what the process held at its worst, seen
from outside (VmHWM, every few milliseconds) above that of `dka -c 1+1`, with the arrays that the session keeps. A workload
that is refused before it starts, with figures, keeps the promise too.
"""

import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

from run import dka_binary, show
from workloads import all_workloads

MB = 1e6
POLL_S = 0.003
TENTH = 1.1
UNITS = {"B": 1, "KB": 1e3, "MB": 1e6, "GB": 1e9}


def bytes_of(text):
    """`256MB` as a number."""
    number, unit = re.fullmatch(r"([\d.]+)\s*([KMG]?B)", text).groups()
    return int(float(number) * UNITS[unit])


def resident(pid):
    """The most bytes that a process had resident since its mark was last reset."""
    try:
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    found = re.search(r"VmHWM:\s+(\d+)", status)
    return int(found.group(1)) * 1024 if found else 0


def watched(command):
    """What a command prints, its errors, its exit status and the most bytes it had resident."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(command, stdout=out, stderr=errors)
        most = 0
        while process.poll() is None:
            most = max(most, resident(process.pid))
            time.sleep(POLL_S)
        out.seek(0), errors.seek(0)
        return out.read(), errors.read(), process.returncode, most


def idle_bytes():
    """What a session that computes nothing has resident."""
    waits = "# %%\nimport time\n# %%\ntime.sleep(0.05)\n"
    return run_script(waits, "1GB")[1]


def run_script(script, limit, threads=None, *options):
    """The JSON objects of a script's cells, what was on the error channel, and the most bytes resident."""
    with tempfile.NamedTemporaryFile("w", suffix=".dka") as file:
        file.write(script)
        file.flush()
        command = [dka_binary(), "--json", "--no-init", "--memory-limit", limit, *options, file.name]
        if threads:
            command[1:1] = ["--threads", str(threads)]
        out, errors, status, most = watched(command)
    cells = [json.loads(line) for line in out.splitlines()]
    if status < 0 or not cells:
        raise RuntimeError(f"exit status {status}: {errors.strip()[-300:]}")
    return cells, most


def verdict(cells, most, limit, slack):
    """`ok`, `refused`, or what is broken."""
    failed = [cell["error"] for cell in cells if cell["error"]]
    if failed:
        error = failed[0]
        refused = error["kind"] == "MemoryError" and "limit" in error["message"]
        return "refused" if refused else f"FAILED {error['kind']}: {error['message'][:60]}"
    broken = []
    for cell in cells:
        if cell["peak_bytes"] > cell["projected_peak_bytes"] * TENTH:
            broken.append(f"measured {cell['peak_bytes'] / cell['projected_peak_bytes']:.2f} of projected")
    if most > limit * TENTH + slack:
        broken.append(f"resident {most / limit:.2f} of the limit")
    return "OVER: " + "; ".join(sorted(set(broken))) if broken else "ok"


def row(workload, limit, base, options):
    """A row of the table: the worst cell of a workload under a limit."""
    begin = time.perf_counter()
    cells, most = run_script(workload.script(options.repeat), limit, options.threads)
    most -= base
    spilled = sum(cell["spilled_bytes"] for cell in cells)
    worst = max(cells, key=lambda cell: cell["peak_bytes"] / max(cell["projected_peak_bytes"], 1))
    figures = [worst["projected_peak_bytes"], worst["peak_bytes"], most, spilled]
    text = [f"{value / MB:.0f}" for value in figures]
    said = verdict(cells, most, bytes_of(limit), bytes_of(options.slack))
    return [workload.name, limit, *text, f"{time.perf_counter() - begin:.1f}", said]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workloads", nargs="*", help="names of .dka files, without the ending; all where none is given")
    parser.add_argument("--limits", nargs="+", default=["256MB", "1GB", "8GB"])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--slack", default="16MB")
    options = parser.parse_args()
    base = idle_bytes()
    rows = []
    for workload in all_workloads(options.workloads):
        for limit in options.limits:
            try:
                rows.append(row(workload, limit, base, options))
            except RuntimeError as error:
                rows.append([workload.name, limit, "", "", "", "", "", f"FAILED {error}"])
            print(" ".join(rows[-1]), file=sys.stderr, flush=True)
    show(["workload", "limit", "projected MB", "measured MB", "resident MB", "spilled MB", "s", "verdict"], rows)
    broken = [line for line in rows if line[-1].startswith(("OVER", "FAILED"))]
    print(f"\n{len(rows) - len(broken)} of {len(rows)} keep the promise; a session that computes nothing: {base / MB:.0f} MB")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())

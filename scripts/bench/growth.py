#!/usr/bin/env python3
"""How the cost of a workload grows in dka: 1x, 4x and 16x the size (of 1/4 of the table's), with 1 thread and with 2.

    python3 scripts/bench/growth.py                     a choice of workloads
    python3 scripts/bench/growth.py sum cumsum --sizes 1 4 --repeat 3
"""

import argparse
import statistics

from run import milliseconds, seconds_of_dka, show
from workloads import all_workloads

CHOICE = ["sum", "mean_axis0", "arithmetic", "sin_cos", "standardise", "gram", "cumsum", "histogram", "normals", "small_chunks"]
THREADS = [1, 2]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workloads", nargs="*", default=CHOICE)
    parser.add_argument("--sizes", nargs="+", type=int, default=[1, 4, 16])
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    rows = []
    for workload in all_workloads(options.workloads):
        assert workload.scales, f"the size of {workload.name} is fixed"
        cells = []
        for threads in THREADS:
            for size in options.sizes:
                seconds = seconds_of_dka(workload, options.repeat, threads, size / 4)
                cells.append(milliseconds(statistics.median(seconds)))
        rows.append([workload.title, *cells])
    plural = {1: "thread"}
    head = [f"{size}x, {threads} {plural.get(threads, 'threads')}" for threads in THREADS for size in options.sizes]
    show(["workload, ms", *head], rows)


if __name__ == "__main__":
    main()

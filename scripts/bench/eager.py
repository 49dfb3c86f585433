#!/usr/bin/env python3
"""Times the eager baseline (`np`) beside NumPy: the same cells in dka and in CPython, minima of some repetitions.

    cargo build --release
    python3 scripts/bench/eager.py [--repeat 3] [--threads 2]

NumPy's own libraries share products and decompositions of matrices among threads, and so does the baseline; all else takes
one thread in both.
"""

import argparse
import os
import subprocess
import sys
import time

from run import environment, milliseconds, run_dka, show

SETUP = """\
rng = np.random.default_rng(1)
X = rng.random((4000, 4000))
V = rng.random(10_000_000)
T = rng.random((1_000_000, 20))
A = rng.random((2000, 2000))
C = rng.random((1000, 1000))
S = C + C.T"""

CELLS = """\
rng.random((4000, 4000))
X.sum()
X.mean(axis=0)
X.std()
(X*2 + 1)*(X - 0.5)
np.sin(X)**2 + np.cos(X)**2
np.log1p(np.exp(-X))
np.where(X > 0.5, X, 0)
X[X > 0.5]
X + X.T
V.cumsum()
np.histogram(V, 100)
np.percentile(V, [25, 50, 75])
np.median(T, axis=1)
np.sort(T, axis=1)
np.argsort(T, axis=1)
np.sort(V)
np.argsort(V)
np.unique((V*1000).astype('i4'))
X.argmax(axis=0)
np.fft.rfft(X, axis=1)
A @ A
T.T @ T
np.linalg.inv(A)
np.linalg.solve(A, A)
np.linalg.qr(A)
np.linalg.svd(C)
np.linalg.svd(A, compute_uv=False)
np.linalg.eigh(S)
np.linalg.lstsq(T, T[:, 0], rcond=None)""".splitlines()


def of_dka(options):
    """Seconds of each cell."""
    cells = "".join(f"# %%\n_ = {cell}\n" * options.repeat for cell in CELLS)
    answers = run_dka(f"# %%\n{SETUP}\n{cells}", options.threads)[1:]
    return [min(answer["wall_s"] for answer in answers if answer["source"] == f"_ = {cell}") for cell in CELLS]


def of_numpy(repeat):
    """The same in this process."""
    import numpy as np

    space = {"np": np}
    exec(SETUP, space)
    for cell in CELLS:
        code, times = compile(f"_ = {cell}", cell, "exec"), []
        for _ in range(repeat):
            start = time.perf_counter()
            exec(code, space)
            times.append(time.perf_counter() - start)
        print(min(times), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--numpy", action="store_true", help="print NumPy's seconds alone")
    options = parser.parse_args()
    if options.numpy:
        return of_numpy(options.repeat)
    own = of_dka(options)
    command = [environment(), __file__, "--numpy", "--repeat", str(options.repeat)]
    threads = {"OPENBLAS_NUM_THREADS": str(options.threads)}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ | threads)
    peers = [float(line) for line in done.stdout.split()]
    rows = [
        [cell.replace("|", "\\|"), milliseconds(a), milliseconds(b), f"{a / b:.2f}"] for cell, a, b in zip(CELLS, own, peers)
    ]
    show(["eager", "dka ms", "NumPy ms", "dka / NumPy"], rows)
    return None


if __name__ == "__main__":
    sys.exit(main())

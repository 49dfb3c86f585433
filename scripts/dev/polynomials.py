"""Minimax polynomials of the vector kernels, printed as Rust constants.

Each row is a function of z on [low, high], approximated by a polynomial in z of the given degree with the smallest
largest error relative to `weight`. Needs mpmath (`pip install mpmath`). Run it to repeat every constant in
src/ops/vector/: `python scripts/dev/polynomials.py [name ...]`. Method: the exchange algorithm of Remez on a grid.
"""
import struct
import sys
from mpmath import mp, mpf, matrix, lu_solve, cos, sin, sqrt, pi, exp, log, atan, asin, sinh, atanh, cosh

mp.dps = 50


def series(f, z, terms):
    """Sum of the first terms f(0) + f(1) z + ..., for z near zero where the closed form cancels."""
    total = mpf(0)
    for k in reversed(range(terms)):
        total = total * z + f(k)
    return total


def sine_tail(z):  # sin(r) = r + r z S(z), z = r^2
    return series(lambda k: (-1) ** (k + 1) / mp.factorial(2 * k + 3), z, 30)


def cosine_tail(z):  # cos(r) = 1 - z/2 + z^2 C(z)
    return series(lambda k: (-1) ** k / mp.factorial(2 * k + 4), z, 30)


def exp_tail(r):  # exp(r) = 1 + r + r^2 E(r)
    return series(lambda k: 1 / mp.factorial(k + 2), r, 40)


def exp2_tail(r):  # 2^r = 1 + r T(r)
    l = log(mpf(2))
    return series(lambda k: l ** (k + 1) / mp.factorial(k + 1), r, 40)


def log_tail(z):  # log((1 + s) / (1 - s)) = 2 s + s z L(z), z = s^2
    return series(lambda k: mpf(2) / (2 * k + 3), z, 60)


def log_tail_2(z):  # log((1 + s) / (1 - s)) = 2 s + s z (2/3 + z M(z))
    return series(lambda k: mpf(2) / (2 * k + 5), z, 60)


def log_step(r):  # log(1 + r) = r + r^2 T(r)
    return series(lambda k: (-1) ** (k + 1) / mpf(k + 2), r, 60)


def atan_tail(z):  # atan(t) = t + t z A(z)
    if z < mpf('0.02'):
        return series(lambda k: mpf((-1) ** (k + 1)) / (2 * k + 3), z, 60)
    t = sqrt(z)
    return (atan(t) / t - 1) / z


def asin_tail(z):  # asin(t) = t + t z A(z)
    if z < mpf('0.02'):
        return series(lambda k: mp.binomial(2 * k + 2, k + 1) / mpf(4) ** (k + 1) / (2 * k + 3), z, 60)
    t = sqrt(z)
    return (asin(t) / t - 1) / z


def log_cube(f):  # log(1 + f) = f - f^2 / 2 + f^3 L(f)
    if abs(f) < mpf('0.1'):
        return series(lambda k: (-1) ** k / mpf(k + 3), f, 60)
    return (log(1 + f) - f + f * f / 2) / f ** 3


def sinh_tail(z):  # sinh(r) = r + r z S(z)
    return series(lambda k: 1 / mp.factorial(2 * k + 3), z, 40)


ROWS = {
    # name: (function, low, high, degree, weight of the absolute error)
    'SINE_HALF_PI': (sine_tail, 0, (pi / 2) ** 2 * mpf('1.0001'), 7, lambda z: z),
    'SINE': (sine_tail, 0, (pi / 4) ** 2 * mpf('1.0001'), 5, lambda z: z),
    'COSINE': (cosine_tail, 0, (pi / 4) ** 2 * mpf('1.0001'), 5, lambda z: z * z),
    'EXP': (exp_tail, -log(2) / 2 * mpf('1.0003'), log(2) / 2 * mpf('1.0001'), 9, lambda r: r * r),
    'EXP_STEP': (exp_tail, -log(2) / 32 * mpf('1.0001'), log(2) / 32 * mpf('1.0001'), 4, lambda r: r * r),
    'LOG_STEP': (log_step, -mpf(1) / 32, mpf(1) / 32 * mpf('1.0001'), 7, lambda r: max(abs(r), mpf('2e-3'))),
    'EXP2': (exp2_tail, -mpf('0.50001'), mpf('0.50001'), 11, lambda r: 1),
    'LOG': (log_tail, 0, mpf('0.02944'), 6, lambda z: z),
    'LOG_HIGH': (log_tail_2, 0, mpf('0.02944'), 6, lambda z: z * z),
    'ATAN': (atan_tail, 0, 1, 18, lambda z: z),
    'ASIN': (asin_tail, 0, mpf('0.25'), 11, lambda z: z),
    # Single precision, and powers of it.
    'SINE_SINGLE': (sine_tail, 0, (pi / 4) ** 2 * mpf('1.001'), 2, lambda z: z),
    'COSINE_SINGLE': (cosine_tail, 0, (pi / 4) ** 2 * mpf('1.001'), 2, lambda z: z * z),
    'EXP_SHORT': (exp_tail, -log(2) / 2 * mpf('1.001'), log(2) / 2 * mpf('1.001'), 4, lambda r: r * r),
    'LOG_SHORT': (log_cube, sqrt(mpf(1) / 2) - 1, sqrt(mpf(2)) - 1, 7, lambda f: f * f),
    'LOG_SINGLE': (log_tail, 0, mpf('0.02944'), 4, lambda z: z),
    'EXP2_SINGLE': (exp2_tail, -mpf('0.5001'), mpf('0.5001'), 7, lambda r: 1),
    'SINH': (sinh_tail, 0, 1, 6, lambda z: z),
}


def remez(f, low, high, degree, weight, rounds=12):
    n = degree + 2
    low, high = mpf(low), mpf(high)
    low = low + (high - low) * mpf('1e-7') if low == 0 else low
    grid = [(low + high) / 2 - (high - low) / 2 * cos(pi * k / (24 * n)) for k in range(24 * n + 1)]
    values = [(z, f(z), weight(z)) for z in grid]
    chosen = [values[24 * k + 12 if k < n - 0 else -1] for k in range(n)]
    best = None
    for _ in range(rounds):
        a, b = matrix(n, n), matrix(n, 1)
        for i, (z, v, w) in enumerate(chosen):
            for j in range(n - 1):
                a[i, j] = z ** j
            a[i, n - 1] = (-1) ** i / w
            b[i] = v
        c = lu_solve(a, b)
        coefficients = [c[j] for j in range(n - 1)]
        errors = [(mp.polyval(coefficients[::-1], z) - v) * w for z, v, w in values]
        worst = max(abs(e) for e in errors)
        if best is None or worst < best[0]:
            best = (worst, coefficients)
        runs, start = [], 0
        for i in range(1, len(errors) + 1):
            if i == len(errors) or (errors[i] > 0) != (errors[start] > 0):
                runs.append(max(range(start, i), key=lambda k: abs(errors[k])))
                start = i
        while len(runs) > n:
            runs.pop(0 if abs(errors[runs[0]]) < abs(errors[runs[-1]]) else -1)
        if len(runs) < n:
            break
        chosen = [values[k] for k in runs]
    return best


def bits(number):
    return struct.unpack('<Q', struct.pack('<d', number))[0]


def number(bits):
    return struct.unpack('<d', struct.pack('<Q', bits))[0]


def powers():
    """2^(k / 16), from whose bits k 2^48 is taken."""
    return [number(bits(float(mpf(2) ** (mpf(k) / 16))) - (k << 48)) for k in range(16)]


def inverses():
    """For each step of the logarithm a c of 30 bits near 1 / m whose logarithm is nearest to a double."""
    rows = []
    for k in range(16):
        low, high = (number(0x3FE6_8000_0000_0000 + (k + end << 48)) for end in (0, 1))
        middle = 1 if low < 1 < high else int(2 ** 31 / (low + high)) / mpf(2) ** 30
        near = [1.0] if middle == 1 else [float(middle + mpf(d) / 2 ** 30) for d in range(-40000, 40001)]
        rows.append(min(near, key=lambda c: 0 if c == 1 else abs(float(log(mpf(c))) / log(mpf(c)) - 1)))
    return rows


def tables():
    chosen = inverses()
    return {'POWERS': powers(), 'INVERSES': chosen, 'LOGARITHMS': [-float(log(mpf(c))) for c in chosen]}


def main():
    for name, entries in tables().items() if not sys.argv[1:] else ():
        print(f'const {name}: [f64; {len(entries)}] = {entries};')
    for name in sys.argv[1:] or ROWS:
        f, low, high, degree, weight = ROWS[name]
        worst, coefficients = remez(f, low, high, degree, weight)
        print(f'/// Largest weighted error 2^{float(log(worst, 2)):.1f}.')
        print(f'const {name}: [f64; {degree + 1}] = [')
        for c in coefficients:
            print(f'    {float(c)!r},')
        print('];')


if __name__ == '__main__':
    main()

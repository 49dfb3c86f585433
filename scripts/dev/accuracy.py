"""Reference values of the elementwise kernels.

    python scripts/dev/accuracy.py 140 > tests/accuracy/reference.txt       (needs mpmath)
    python scripts/dev/accuracy.py special > tests/accuracy/special.txt     (needs NumPy, the judge of special values)

A line is a function, its arguments and the correctly rounded value, as the bits of doubles in hexadecimal. Arguments are
random over the exponents where the function is neither constant nor linear, and the hard cases: multiples of pi,
neighbours of 1 and of the ends of the domain, exact powers, huge and subnormal numbers. With a larger
count the table serves a longer test: set DKA_ACCURACY to its path.
"""
import random
import struct
import sys


def bits(x):
    return struct.unpack('<Q', struct.pack('<d', x))[0]


def special():
    """What NumPy makes of zeros, infinities, NaN and the ends of domains."""
    import numpy as np
    np.seterr(all='ignore')
    values = [0.0, -0.0, float('inf'), float('-inf'), float('nan'), 1.0, -1.0, 0.5, -2.5, 3.0, 5e-324, -1e308, 2.0 ** 60]
    more = [2.0, -3.0, 1.5, 2.5, -0.5, 1e-310, 1e308, 1e22, 710.0, -746.0, 1000.0, 2.0 ** -1022, -5e-324, 0.1, 8.0, 1024.0]
    unary = """sin cos tan arcsin arccos arctan sinh cosh tanh arcsinh arccosh arctanh exp exp2 expm1 log log2 log10 log1p cbrt
               sqrt rint floor ceil trunc reciprocal square deg2rad rad2deg sign absolute negative"""
    binary = 'power arctan2 hypot logaddexp logaddexp2 fmod remainder floor_divide copysign nextafter'
    for name in unary.split():
        for x in np.array(values + more):
            print(name, '%x' % bits(x), '%x' % bits(getattr(np, name)(x)))
    for name in binary.split():
        # As arrays: NumPy takes short cuts where one argument is a scalar.
        x, y = (grid.ravel() for grid in np.meshgrid(values, values))
        for x, y, value in zip(x, y, getattr(np, name)(x, y)):
            print(name, '%x' % bits(x), '%x' % bits(y), '%x' % bits(value))


if sys.argv[1:] == ['special']:
    special()
    sys.exit()

import mpmath
from mpmath import mp, mpf

mp.prec = 2400  # Enough for the sine of the largest double and for sums of numbers 2000 binary orders apart.
random.seed(20)
COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else 140


def real(b):
    return struct.unpack('<d', struct.pack('<Q', b))[0]


def wide(low, high, signed=True):
    """Random over binary orders low .. high."""
    def draw():
        x = random.uniform(1, 2) * 2.0 ** random.uniform(low, high - 1)
        return -x if signed and random.random() < 0.5 else x
    return draw


def flat(low, high):
    return lambda: random.uniform(low, high)


def near(center, low=-52, high=-8):
    return lambda: center + random.choice((-1, 1)) * 2.0 ** random.uniform(low, high)


def multiples(step, largest):
    """The doubles nearest to multiples of a number."""
    return lambda: float(mpf(step) * random.randrange(1, int(largest))) * random.choice((-1, 1))


PI = mpmath.pi
TRIGONOMETRIC = [wide(-30, 20), wide(-2, 4), multiples(PI / 2, 600000), multiples(PI / 2, 100), multiples(PI / 4, 1000),
                 wide(20, 1023), wide(-1074, -30)]
UNARY = {
    'sin': (mpmath.sin, TRIGONOMETRIC),
    'cos': (mpmath.cos, TRIGONOMETRIC),
    'tan': (mpmath.tan, TRIGONOMETRIC),
    'arcsin': (mpmath.asin, [flat(-1, 1), wide(-40, 0), lambda: 1 - 2.0 ** random.uniform(-53, -1), flat(.45, .55)]),
    'arccos': (mpmath.acos, [flat(-1, 1), wide(-40, 0), lambda: 1 - 2.0 ** random.uniform(-53, -1), flat(.45, .55),
                             lambda: -1 + 2.0 ** random.uniform(-53, -1)]),
    'arctan': (mpmath.atan, [flat(-2, 2), wide(-40, 60), near(1.0), wide(-1074, 1023)]),
    'sinh': (mpmath.sinh, [flat(-3, 3), wide(-30, 9), flat(-711, 711), near(1.0), flat(709.7, 710.47)]),
    'cosh': (mpmath.cosh, [flat(-3, 3), wide(-30, 9), flat(-711, 711), flat(709.7, 710.47)]),
    'tanh': (mpmath.tanh, [flat(-3, 3), wide(-30, 6), flat(.1, .8), flat(-22, 22), wide(-1074, -20)]),
    'arcsinh': (mpmath.asinh, [flat(-3, 3), wide(-30, 60), wide(-29, 0), wide(-1074, 1023)]),
    'arccosh': (mpmath.acosh, [flat(1, 3), wide(1, 60, False), lambda: 1 + 2.0 ** random.uniform(-52, 0),
                               wide(1, 1023, False)]),
    'arctanh': (mpmath.atanh, [flat(-1, 1), wide(-40, 0), lambda: 1 - 2.0 ** random.uniform(-53, -1), flat(.1, .4)]),
    'exp': (mpmath.exp, [flat(-2, 2), wide(-60, 10), flat(-745, 709.8), flat(-745.2, -708), flat(709, 709.8)]),
    'exp2': (lambda x: mpf(2) ** x, [flat(-2, 2), wide(-60, 10), flat(-1075, 1024), flat(-1075, -1021)]),
    'expm1': (mpmath.expm1, [flat(-2, 2), wide(-60, 10), flat(-50, 709.8), flat(.3, 1.1), flat(-1.1, -.3),
                             wide(-1074, -50)]),
    'log': (mpmath.log, [flat(.5, 2), wide(-1074, 1023, False), near(1.0), flat(.68, .73), flat(1.4, 1.43)]),
    'log2': (lambda x: mpmath.log(x) / mpmath.log(2), [flat(.5, 2), wide(-1074, 1023, False), near(1.0),
                                                      lambda: 2.0 ** random.randrange(-1022, 1024), flat(.68, .73)]),
    'log10': (lambda x: mpmath.log(x) / mpmath.log(10), [flat(.5, 2), wide(-1074, 1023, False), near(1.0),
                                                        lambda: float(10 ** random.randrange(1, 23)), flat(.68, .73)]),
    'log1p': (mpmath.log1p, [flat(-.9, 2), wide(-60, 3), wide(-8, 1023, False), flat(-.32, -.27), flat(.39, .43),
                             lambda: -1 + 2.0 ** random.uniform(-53, -1), wide(-1074, -50)]),
    'cbrt': (lambda x: mpmath.sign(x) * mpmath.cbrt(abs(x)), [wide(-1074, 1023), flat(-30, 30),
                                                             lambda: float(random.randrange(1, 2 ** 17) ** 3)]),
}


def power_pair():
    """x and y with x^y representable."""
    x = wide(-30, 30, False)()
    return x, random.uniform(-1040, 1020) / float(mpmath.log(x) / mpmath.log(2))


def exact_power():
    x, y = random.randrange(2, 100), random.randrange(1, 30)
    return (float(x), float(y)) if x ** y < 2 ** 53 else exact_power()


def pair(a, b):
    return lambda: (a(), b())


def logaddexp(a, b):
    return mpmath.log(mpmath.exp(a) + mpmath.exp(b))


BINARY = {
    'power': (lambda x, y: mpf(x) ** mpf(y), [power_pair, exact_power, pair(flat(0.1, 5), flat(-20, 20)),
                                              pair(near(1.0), wide(0, 40)), pair(flat(-10, 10), lambda: float(random.randrange(-20, 20))),
                                              pair(wide(-1022, 1023, False), flat(-1, 1))]),
    'arctan2': (mpmath.atan2, [pair(flat(-3, 3), flat(-3, 3)), pair(wide(-300, 300), wide(-300, 300)),
                               pair(wide(-5, 5), wide(-5, 5)), pair(wide(-40, 2), flat(-1, 1))]),
    'hypot': (mpmath.hypot, [pair(flat(-3, 3), flat(-3, 3)), pair(wide(-1060, 1020), wide(-1060, 1020)),
                             pair(wide(-5, 5), wide(-5, 5))]),
    'logaddexp': (logaddexp, [pair(flat(0, 9), flat(0, 9)), pair(flat(0, 600), flat(0, 600)), pair(flat(1, 2), flat(1, 40))]),
    'logaddexp2': (lambda x, y: mpmath.log(mpf(2) ** x + mpf(2) ** y) / mpmath.log(2),
                   [pair(flat(0, 9), flat(0, 9)), pair(flat(0, 900), flat(0, 900))]),
}


def rounded(value):
    """The nearest double, subnormals rounded once."""
    if isinstance(value, mpmath.mpc) or mpmath.isnan(value):
        return float('nan')
    if value == 0 or mpmath.isinf(value):
        return float(value)
    exponent = max(mpmath.frexp(value)[1] - 53, -1074)
    scaled = mpmath.nint(mpmath.ldexp(value, -exponent))
    try:
        return float(int(scaled) * (2 ** exponent if exponent >= 0 else 1)) if exponent >= 0 else \
            float(mpmath.ldexp(scaled, exponent)) if exponent > -1000 else int(scaled) * 2.0 ** -1074 * 2.0 ** (exponent + 1074)
    except OverflowError:
        return float('inf') if value > 0 else float('-inf')


def main():
    for name, (function, draws) in UNARY.items():
        for k in range(COUNT):
            x = draws[k % len(draws)]()
            print(name, '%x' % bits(x), '%x' % bits(rounded(function(mpf(x)))))
    for name, (function, draws) in BINARY.items():
        for k in range(COUNT):
            x, y = draws[k % len(draws)]()
            print(name, '%x' % bits(x), '%x' % bits(y), '%x' % bits(rounded(function(mpf(x), mpf(y)))))


main()

#!/usr/bin/env python3
"""Writes random cells of one expression each, for the oracle: dtypes, slices of either sign, folds, products, promotion.

    scripts/dev/random_cells.py SEED COUNT > cells.dka
    same.py cells.dka && same.py --lazy --chunks 2 cells.dka
"""
import math
import random
import sys

DTYPES = ["f8", "f4", "i4", "i8", "u1", "?", "c16"]
EXACT = {"i4", "i8", "u1", "?"}
UNARY = ["abs", "negative", "square", "isnan", "sign", "conjugate", "logical_not"]
OPERATORS = ["+", "-", "*", "/", "==", "<", ">", "!="]
NUMBERS = ["2", "1.5", "True", "np.float32(3)", "np.int8(2)"]
FOLDS = "sum max min mean any prod argmax std cumsum ptp all argmin count_nonzero".split()


def source(pick, shape):
    """An array of small multiples of a quarter, so that sums are exact in any order."""
    dtype = pick.choice(DTYPES)
    counted = f"np.arange({math.prod(shape)}) * {pick.choice([3, 7, 11])} % {pick.choice([5, 13, 23])} - {pick.choice([0, 2, 5])}"
    array = f"({counted}).astype('{dtype}').reshape({tuple(shape)})"
    return f"({array})" if dtype in EXACT else f"({array} / {pick.choice([1, 2, 4])})"


def slice_of(pick, length):
    start = pick.randrange(length)
    return pick.choice([":", "::2", "::-1", "::-2", f"{start}:", f"{start}::-1", f":{start + 1}", f":{start + 1}:2"])


def step(pick, text, shape):
    """One operation upon an expression of a known shape: the text, and the shape where it is still known."""
    axis = pick.randrange(len(shape))
    square = len(shape) == 2
    steps = [
        lambda: (f"np.{pick.choice(UNARY)}({text})", shape),
        lambda: (f"({text} {pick.choice(OPERATORS)} {pick.choice(NUMBERS + [source(pick, shape)])})", shape),
        lambda: (f"{text}[{', '.join(slice_of(pick, n) for n in shape)}]", None),
        lambda: (f"np.{pick.choice(FOLDS)}({text}, axis={axis})", None),
        lambda: (f"{text}.T", shape[::-1]),
        lambda: (f"np.concatenate([{text}, {source(pick, shape)}], axis={axis})", None),
        lambda: (f"{text}.reshape(-1)", [math.prod(shape)]),
        lambda: (f"np.roll({text}, {pick.randint(-3, 3)}, axis={axis})", shape),
        lambda: (f"np.where({text} > 1, {text}, {pick.choice(['0', '-1.5', '2j'])})", shape),
        lambda: (f"np.take({text}, [0, {pick.randrange(shape[0])}, -1], axis=0)", [3, *shape[1:]]),
        lambda: (f"{text}.sum({pick.choice(['', 'keepdims=True', 'axis=-1', 'axis=0, keepdims=True'])})", None),
        lambda: (f"np.flip({text}, axis={axis})", shape),
        lambda: (f"({text} @ {source(pick, [shape[1], 2])})", [shape[0], 2]) if square else (text, shape),
    ]
    return pick.choice(steps)()


def expression(pick):
    shape = [pick.choice([1, 2, 3, 4, 5, 7]) for _ in range(pick.choice([1, 1, 2, 2, 3]))]
    text = source(pick, shape)
    for _ in range(pick.randint(1, 4)):
        text, shape = step(pick, text, shape)
        if shape is None:
            break
    return text


if __name__ == "__main__":
    seed, count = map(int, sys.argv[1:3])
    pick = random.Random(seed)
    for _ in range(count):
        print(f"# %%\n{expression(pick)}")

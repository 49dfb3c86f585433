"""Write tests/syntax/cases.txt: sources and what CPython's own parser makes of them.

    python scripts/dev/syntax_oracle.py > tests/syntax/cases.txt

A case is two lines: the source as a JSON string, then `=> tree` or `!! kind of error`. The trees are s-expressions that
tests/syntax/sexpr.rs writes for dka's own trees. Sources come from tests/syntax/sources.txt (one a line; behind a | as a
JSON string) and from a generator with a fixed seed. Statements that dka's language leaves out are written as errors.
"""

import ast
import json
import random
import struct
import sys
import warnings
from pathlib import Path

warnings.simplefilter("ignore")
SOURCES = Path(__file__).parents[2] / "tests/syntax/sources.txt"
LEFT_OUT = (ast.NamedExpr, ast.Await, ast.Yield, ast.YieldFrom)
ALLOWED = (ast.Expr, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Delete, ast.Assert, ast.Pass, ast.Import, ast.ImportFrom)


def text(value):
    def letter(c):
        return c if c.isascii() and c.isprintable() and c not in '"\\' else f"\\u{{{ord(c):x}}}"

    return '"' + "".join(map(letter, value)) + '"'


def bits(value):
    return struct.pack(">d", value).hex()


def constant(value):
    if value is None or value is True or value is False:
        return str(value)
    if value is ...:
        return "..."
    if isinstance(value, str):
        return text(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return f"(float {bits(value)})"
    if isinstance(value, complex):
        return f"(imaginary {bits(value.imag)})"
    raise SyntaxError("bytes")


def row(name, *items):
    return "(" + " ".join([name, *items]) + ")"


def maybe(node):
    return "-" if node is None else show(node)


def clauses(node):
    return [row("for", show(c.target), show(c.iter), *map(show, c.ifs)) for c in node.generators]


def parts(joined):
    return [text(v.value) if isinstance(v, ast.Constant) else show(v) for v in joined.values]


def parameters(args):
    positional = args.posonlyargs + args.args
    defaults = [None] * (len(positional) - len(args.defaults)) + args.defaults
    for index, (arg, default) in enumerate(zip(positional, defaults)):
        yield row("posonly" if index < len(args.posonlyargs) else "param", arg.arg, maybe(default))
    if args.vararg:
        yield row("star", args.vararg.arg, "-")
    for arg, default in zip(args.kwonlyargs, args.kw_defaults):
        yield row("kwonly", arg.arg, maybe(default))
    if args.kwarg:
        yield row("doublestar", args.kwarg.arg, "-")


def arguments(node):
    """In the order written: dka keeps one list."""
    items = [(a.lineno, a.col_offset, row("star", show(a.value)) if isinstance(a, ast.Starred) else show(a)) for a in node.args]
    for k in node.keywords:
        shown = row("doublestar", show(k.value)) if k.arg is None else row("keyword", k.arg, show(k.value))
        items.append((k.lineno, k.col_offset, shown))
    return [item[2] for item in sorted(items)]


def aliases(node):
    return [row("alias", a.name, a.asname or "-") for a in node.names]


def show(node):
    if isinstance(node, LEFT_OUT):
        raise SyntaxError("left out")
    kind = type(node).__name__
    match node:
        case ast.Constant(value=value):
            return constant(value)
        case ast.JoinedStr():
            return row("fstring", *parts(node))
        case ast.FormattedValue(value=value, conversion=conversion, format_spec=spec):
            letter = chr(conversion) if conversion > 0 else "-"
            return row("field", show(value), letter, "-" if spec is None else row("spec", *parts(spec)))
        case ast.Name(id=name):
            return name
        case ast.Tuple(elts=items) | ast.List(elts=items) | ast.Set(elts=items):
            return row(kind, *map(show, items))
        case ast.Dict(keys=keys, values=values):
            pairs = zip(keys, values)
            return row(kind, *(row("doublestar", show(v)) if k is None else row("pair", show(k), show(v)) for k, v in pairs))
        case ast.UnaryOp(op=op, operand=operand):
            return row(type(op).__name__, show(operand))
        case ast.BinOp(left=left, op=op, right=right):
            return row(type(op).__name__, show(left), show(right))
        case ast.BoolOp(op=op, values=values):
            return row(type(op).__name__, *map(show, values))
        case ast.Compare(left=left, ops=ops, comparators=others):
            return row(kind, show(left), *(f"{type(op).__name__} {show(other)}" for op, other in zip(ops, others)))
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return row(kind, show(test), show(body), show(orelse))
        case ast.Lambda(args=args, body=body):
            return row(kind, *parameters(args), show(body))
        case ast.Call(func=func):
            return row(kind, show(func), *arguments(node))
        case ast.Attribute(value=value, attr=name):
            return row(kind, show(value), name)
        case ast.Subscript(value=value, slice=index):
            return row(kind, show(value), show(index))
        case ast.Slice(lower=lower, upper=upper, step=step):
            return row(kind, maybe(lower), maybe(upper), maybe(step))
        case ast.ListComp(elt=item) | ast.SetComp(elt=item) | ast.GeneratorExp(elt=item):
            return row(kind, show(item), *clauses(node))
        case ast.DictComp(key=key, value=value):
            return row(kind, show(key), show(value), *clauses(node))
        case ast.Starred(value=value):
            return row(kind, show(value))
        case ast.Expr(value=value):
            return show(value)
        case ast.Assign(targets=targets, value=value):
            return row(kind, *map(show, targets), show(value))
        case ast.AugAssign(target=target, op=op, value=value):
            return row(kind, type(op).__name__, show(target), show(value))
        case ast.AnnAssign(target=target, value=value):
            return "(Pass)" if value is None else row("Assign", show(target), show(value))
        case ast.Delete(targets=targets):
            return row(kind, *map(show, targets))
        case ast.Assert(test=test, msg=message):
            return row(kind, show(test), maybe(message))
        case ast.Pass():
            return "(Pass)"
        case ast.Import():
            return row(kind, *aliases(node))
        case ast.ImportFrom(module=module, level=level):
            return row(kind, "." * level + (module or ""), *aliases(node))
    raise SyntaxError(f"left out: {kind}")


def judge(source):
    try:
        tree = ast.parse(source.encode())
        if not all(isinstance(statement, ALLOWED) for statement in tree.body):
            return "!! SyntaxError"
        compile(source.encode(), "cell", "exec")
        return ("=> " + " ".join(map(show, tree.body))).rstrip()
    except IndentationError:
        return "!! IndentationError"
    except (SyntaxError, ValueError):
        return "!! SyntaxError"


class Generator:
    """Random expressions, and the same with a token lost, doubled or swapped."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def pick(self, *choices):
        return self.random.choice(choices)

    def expression(self, depth):
        if depth == 0:
            return self.pick("x", "y", "np", "1", "2.5", "3j", "'s'", "None", "True", "...", "a.b", "0x1f", "1_0", "f'{x}'")
        inner = lambda: self.expression(self.random.randrange(depth))
        binary = self.pick("+", "-", "*", "/", "//", "%", "**", "@", "<<", ">>", "&", "|", "^")
        compare = self.pick("==", "!=", "<", "<=", ">", ">=", "in", "not in", "is", "is not")
        return self.pick(
            lambda: f"{inner()} {binary} {inner()}",
            lambda: f"{inner()} {binary} {inner()} {self.pick('*', '+', '**')} {inner()}",
            lambda: f"{self.pick('-', '+', '~', 'not ')}{inner()}",
            lambda: f"{inner()} {compare} {inner()}",
            lambda: f"{inner()} {compare} {inner()} {self.pick('<', 'in', '==')} {inner()}",
            lambda: f"{inner()} {self.pick('and', 'or')} {inner()} {self.pick('and', 'or')} {inner()}",
            lambda: f"{inner()} if {inner()} else {inner()}",
            lambda: f"lambda a, b={inner()}, *c, d=1, **e: {inner()}",
            lambda: f"({inner()})",
            lambda: f"({inner()}, {inner()})",
            lambda: f"[{inner()}, *{inner()}]",
            lambda: f"{{{inner()}: {inner()}, **{inner()}}}",
            lambda: f"{{{inner()}, {inner()}}}",
            lambda: f"f({inner()}, *{inner()}, k={inner()}, **{inner()})",
            lambda: f"x.T({inner()})[{inner()}]",
            lambda: f"x[{inner()}:{inner()}, ::{inner()}, ..., None]",
            lambda: f"[{inner()} for i, (j, *k) in {inner()} if {inner()} for m in {inner()}]",
            lambda: f"{{{inner()}: {inner()} for i in {inner()}}}",
            lambda: f"sum({inner()} for i in {inner()})",
        )()

    def statement(self):
        value = self.expression(3)
        return self.pick(value, value, value, f"a = {value}", f"a, *b = c[0] = {value}", f"a.b += {value}", f"assert {value}, 'm'", f"del x; {value};")

    def broken(self):
        words = self.statement().replace("(", " ( ").replace(")", " ) ").replace(",", " , ").split(" ")
        at = self.random.randrange(len(words))
        match self.random.randrange(3):
            case 0:
                del words[at]
            case 1:
                words.insert(at, words[at])
            case 2:
                other = self.random.randrange(len(words))
                words[at], words[other] = words[other], words[at]
        return " ".join(word for word in words if word)


def sources():
    for line in SOURCES.read_text().splitlines():
        if line and not line.startswith("#"):
            yield json.loads(line[1:]) if line.startswith("|") else line
    generator = Generator(20)
    for _ in range(400):
        yield generator.statement()
    for _ in range(400):
        yield generator.broken()


def main():
    seen = set()
    for source in sources():
        if source not in seen:
            seen.add(source)
            print(json.dumps(source))
            print(judge(source))


if __name__ == "__main__":
    sys.exit(main())

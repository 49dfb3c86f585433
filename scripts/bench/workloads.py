"""The workloads of this folder: percent-format files whose cells that begin with `%%time` are the measured part."""

import pathlib
import re
from dataclasses import dataclass

FOLDER = pathlib.Path(__file__).resolve().parent

# The order of the table.
ORDER = """notebook_generated notebook_persisted sum mean_axis0 std var_axis1 arithmetic sin_cos log_exp standardise where mask
matmul gram cumsum histogram rechunk median percentile topk unique argmax einsum normals small_chunks materialise""".split()


@dataclass
class Workload:
    """A file read: what it is called, the cells before the measured one, and the measured one."""

    name: str
    title: str
    setup: list
    measured: str

    @property
    def scales(self):
        """Whether the size follows `S`."""
        return any(re.search(r"\bS\b", cell) for cell in self.setup)

    def script(self, repeat, scale=1):
        """The text that dka runs: the measured cell as often as wanted."""
        cells = [cell.replace("S = 1", f"S = {scale}") for cell in self.setup]
        return "".join(f"# %%\n{cell}\n" for cell in cells + [f"%%time\n{self.measured}"] * repeat)

    def reads(self):
        """The names of persisted arrays that the measured cell reads."""
        persisted = re.findall(r"^(\w+) = .*\.persist\(\)", "\n".join(self.setup), flags=re.M)
        return [name for name in persisted if re.search(rf"\b{name}\b", self.measured)]


def read(path):
    """The workload in a file."""
    head, *cells = re.split(r"^# %%\n", path.read_text(), flags=re.M)
    cells = [cell.strip() for cell in cells]
    timed = [cell.removeprefix("%%time\n") for cell in cells if cell.startswith("%%time")]
    setup = [cell for cell in cells if not cell.startswith("%%time")]
    assert len(set(timed)) == 1, f"{path.name}: the measured cells differ"
    return Workload(path.stem, head.lstrip("# ").strip(), setup, timed[0])


def all_workloads(names=()):
    """Every workload in the order of the table, or those named."""
    found = {path.stem: path for path in FOLDER.glob("*.dka")}
    order = [name for name in ORDER if name in found] + sorted(set(found) - set(ORDER))
    unknown = [name for name in names if name not in found]
    assert not unknown, f"no workload is called {unknown[0]}; there are {' '.join(order)}"
    return [read(found[name]) for name in order if not names or name in names]

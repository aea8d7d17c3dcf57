"""A plan whose numbers are a cheap pure function of the coordinates; as a program, it fills a store with it."""

import argparse
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from plasticity.sweeps.work import Variable

SUMMARIES = ("total_open_time", "first_open", "max_depth", "area")


@dataclass(frozen=True)
class Fake:
    """Compounds by doses by time constants."""

    doses: int = 40
    taus: int = 30
    chunks: tuple[int, ...] = (1, 10, 10)
    seed: int = 0
    failing: bool = False
    gate: str | None = None  # a folder; every block waits there until a file of that name is seen
    attributes: dict[str, Any] = field(default_factory=lambda: {"study_name": "fake", "seed": 0})

    @property
    def dims(self):
        return {"compound": 2, "dose": self.doses, "brake_tau": self.taus}

    @property
    def coords(self):
        return {
            "compound": Variable(("compound",), "str", 0, {}, np.array(["lsd", "psilocybin"])),
            "dose": Variable(("dose",), "float64", np.nan, {"units": "mg"}, np.geomspace(1.0, 40.0, self.doses)),
            "brake_tau": Variable(("brake_tau",), "float64", np.nan, {"units": "h"}, np.linspace(105, 195, self.taus)),
            "window": Variable(("window",), "int64", -1, {}, np.arange(2)),
        }

    @property
    def variables(self):
        dims = tuple(self.dims)
        return {
            "status": Variable(dims, "int8", -128, {"long_name": "Whether the point reached its end"}),
            "reached": Variable(dims, "float64", np.nan, {"units": "h"}),
            **{name: Variable(dims, "float64", np.nan, {"units": "h", "range": [0, 1]}) for name in SUMMARIES},
            "t_open": Variable((*dims, "window"), "float64", np.nan, {"units": "h"}),
        }

    @property
    def description(self):
        return {"solver": {"rtol": 1e-6}, "seed": self.seed, "axes": [self.doses, self.taus]}

    def cost(self):
        return 1e-7 * 2 * self.doses * self.taus

    def evaluate(self, block, threads):
        compound, dose, tau = (np.arange(part.start, part.stop, dtype=float) for part in block)
        if self.gate is not None:
            wanted = Path(self.gate, "-".join(str(part.start) for part in block))
            wanted.with_suffix(".asked").touch()
            while not (wanted.exists() or Path(self.gate, "open").exists()):
                time.sleep(0.005)
        x = (compound[:, None, None] + 1.0) * np.sin(dose[None, :, None] + self.seed) + np.sqrt(tau[None, None, :])
        failed = np.broadcast_to((dose[None, :, None] == 3) & (tau[None, None, :] == 4) & self.failing, x.shape)
        found = {name: np.where(failed, np.nan, x * (i + 1)) for i, name in enumerate(SUMMARIES)}
        found["first_open"] = np.full(x.shape, np.nan)  # nothing but fill: such chunks have files too
        found["t_open"] = np.stack([x, 2.0 * x], axis=-1)
        return {**found, "status": np.where(failed, -3, 0).astype(np.int8), "reached": np.where(failed, 17.0, 672.0)}


def main() -> int:
    from plasticity.cli import guarded
    from plasticity.cli.sweeping import Wish, computed

    parser = argparse.ArgumentParser()
    parser.add_argument("out")
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--mix", action="store_true")
    parser.add_argument("--shard")
    parser.add_argument("--scheduler")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--gate")
    parser.add_argument("--failing", action="store_true")
    parser.add_argument("--doses", type=int, default=40)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    plan = Fake(doses=given.doses, gate=given.gate, failing=given.failing, seed=given.seed)
    wish = Wish(given.resume, given.shard, given.scheduler, given.threads, given.mix)
    return guarded(lambda: computed(plan, Path(given.out), wish), leave=True)


if __name__ == "__main__":
    sys.exit(main())

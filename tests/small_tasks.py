"""Functions for tasks, in a module of their own: worker processes import them by its name."""

import os
import signal
import time

import numpy as np

import vibronic as vb


def doubled(x):
    return {
        "x": np.array(2 * x),
        "process": np.array(os.getpid()),
        "threads": np.array(int(os.environ.get("OMP_NUM_THREADS", "0"))),
    }


def slowly(x):
    time.sleep(0.3)
    return {"x": np.array(2 * x), "process": np.array(os.getpid())}


def failing(x):
    if x == 3:
        raise vb.CalculationError("three does not converge")
    return {"x": np.array(x)}


def dying(x):
    os.kill(os.getpid(), signal.SIGKILL)

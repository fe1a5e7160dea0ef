"""Cache and resume: nothing finished is computed again, even after a kill."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import vibronic as vb
from small_tasks import doubled, dying, failing
from systems import crossing_model
from vibronic.campaign import Cache, Campaign, Task, local_processes, this_process
from vibronic.electronic_structure.tasks import TERMS
from vibronic.progress import progress_to


def test_results_are_cached_in_order_and_computed_in_single_threaded_workers(tmp_path):
    tasks = [Task(doubled, {"x": k}, terms=TERMS) for k in range(5)]
    seen = []
    with local_processes(2) as executor:
        campaign = Campaign(executor, Cache(tmp_path))
        with progress_to(lambda stage, fraction: seen.append((stage, fraction))):
            first = campaign.results(tasks, "Doubling")
        second = campaign.results(tasks, "Doubling")
    assert [int(r["x"]) for r in first] == [0, 2, 4, 6, 8]
    assert all(int(r["threads"]) == 1 and int(r["process"]) != os.getpid() for r in first)
    assert [int(r["process"]) for r in first] == [int(r["process"]) for r in second]
    assert ("Doubling: 3 of 5 geometries", 0.6) in seen


def test_the_key_depends_on_every_input():
    assert (
        len(
            {
                Task(doubled, {"x": 1}).key,
                Task(doubled, {"x": 2}).key,
                Task(doubled, {"x": 1, "y": 1}).key,
                Task(failing, {"x": 1}).key,
            }
        )
        == 4
    )


def test_results_of_the_first_version_are_found():
    """The key of a file that vibronic 0.1.0 wrote with PySCF 2.14.0."""

    def electronic_states():
        return {}

    inputs = {
        "method": {"name": "adc2"},
        "n_roots": 5,
        "symbols": ["H", "H"],
        "basis_set": "sto-3g",
        "coordinates": [[0.0, 0.0, 0.0], [0.0, 0.0, 0.74]],
    }
    task = Task(electronic_states, inputs, versions={"pyscf": "2.14.0"})
    assert task.key == "bca8c19ee6836331f72056951cb7d036"


def test_arrays_and_nouns_are_inputs_and_what_has_no_hash_is_refused():
    def keys(changed):
        model = crossing_model()
        linear = model.linear.copy()
        linear[0, 0, 0] += changed
        return Task(doubled, {"x": replace(model, linear=linear)}).key

    assert keys(0.0) == keys(0.0)
    assert keys(0.0) != keys(1e-9)
    assert Task(doubled, {"x": np.zeros(2)}).key != Task(doubled, {"x": np.zeros((2, 1))}).key
    with pytest.raises(TypeError, match="cannot be an input of a task"):
        assert Task(doubled, {"x": object()}).key


def test_without_workers_and_without_a_cache(tmp_path):
    tasks = [Task(doubled, {"x": k}) for k in range(3)]
    with this_process() as executor:
        campaign = Campaign(executor, cache=None)
        found = campaign.results(tasks, "Doubling")
    assert [int(r["x"]) for r in found] == [0, 2, 4]
    assert all(int(r["process"]) == os.getpid() for r in found)


def test_a_damaged_entry_is_computed_again(tmp_path):
    cache = Cache(tmp_path)
    task = Task(doubled, {"x": 4})
    cache.put(task, {"x": np.array(8)})
    cache.path(task).write_bytes(cache.path(task).read_bytes()[:40])
    assert cache.get(task) is None
    with local_processes(1) as executor:
        assert int(Campaign(executor, cache).result(task, "")["x"]) == 8
    assert cache.get(task) is not None


def test_an_error_keeps_what_was_finished(tmp_path):
    cache = Cache(tmp_path)
    with (
        local_processes(1) as executor,
        pytest.raises(vb.CalculationError, match="three does not converge"),
    ):
        Campaign(executor, cache).results([Task(failing, {"x": k}) for k in range(4)], "")
    assert [cache.get(Task(failing, {"x": k})) is not None for k in range(4)] == [
        True,
        True,
        True,
        False,
    ]


def test_any_executor_of_processes_will_do(tmp_path, monkeypatch):
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    monkeypatch.setenv("VIBRONIC_CACHE", str(tmp_path))
    water = replace(vb.library.molecule("water"), reference="hf")
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as executor:
        modes = vb.electronic_structure.normal_modes(water, executor=executor)
        model = vb.electronic_structure.vibronic_hamiltonian(
            water, modes, method=vb.electronic_structure.Koopmans(), executor=executor
        )
    assert model.state_irreps == ("B1", "A1", "B2")
    # the stability of the ground state is one of them
    assert len(list(tmp_path.rglob("*.npz"))) == 5


def test_a_dead_worker_gives_advice(tmp_path):
    with (
        local_processes(1) as executor,
        pytest.raises(vb.CalculationError, match="worker process died .*`--jobs 1`"),
    ):
        Campaign(executor, Cache(tmp_path)).result(Task(dying, {"x": 1}), "Dying")


@pytest.mark.slow
def test_a_killed_run_goes_on_where_it_stopped(tmp_path):
    cache = tmp_path / "cache"
    command = [
        sys.executable,
        "-m",
        "vibronic",
        "hamiltonian",
        "formaldehyde",
        "--method",
        "adc2",
        "--cache",
        str(cache),
        "-o",
        str(tmp_path / "out"),
        "--jobs",
        "1",
        "--quiet",
    ]
    finished = cache / "electronic_states"
    run = subprocess.Popen(command, start_new_session=True)
    deadline = time.monotonic() + 120
    while len(list(finished.glob("[!.]*.npz"))) < 3:
        assert run.poll() is None, "the run ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.02)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    time.sleep(0.5)
    kept = {path: path.stat().st_mtime_ns for path in cache.glob("*/[!.]*.npz")}
    geometries = len(list(finished.glob("[!.]*.npz")))
    assert 3 <= geometries < 20
    assert not (tmp_path / "out" / "hamiltonian.toml").exists()
    subprocess.run(command, check=True, capture_output=True)
    assert len(list(finished.glob("[!.]*.npz"))) == 20
    assert all(path.stat().st_mtime_ns == stamp for path, stamp in kept.items())
    assert isinstance(vb.load(Path(tmp_path / "out" / "hamiltonian.toml")), vb.VibronicHamiltonian)

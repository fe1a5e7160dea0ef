"""A Dask cluster in separate processes does a campaign, also when one of its workers is killed."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import vibronic as vb
from small_tasks import slowly
from vibronic.campaign import Cache, Campaign, Task, dask_workers
from vibronic.electronic_structure.tasks import TERMS
from vibronic.progress import progress_to


@pytest.fixture(scope="module")
def cluster():
    from dask.distributed import LocalCluster

    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, scheduler_port=0
    ) as found:
        yield found


@pytest.mark.timeout(180)
def test_a_killed_worker_loses_nothing(cluster, tmp_path):
    tasks = [Task(slowly, {"x": k}) for k in range(12)]
    killed = []

    def kill_one(stage, fraction):
        if not killed and 0.2 < fraction < 0.6:
            worker = next(iter(cluster.workers.values()))
            killed.append(worker.process.process.pid)
            os.kill(killed[0], signal.SIGKILL)

    with dask_workers(cluster.scheduler_address) as executor:
        with progress_to(kill_one):
            found = Campaign(executor, Cache(tmp_path)).results(tasks, "Slowly")
    assert [int(r["x"]) for r in found] == list(range(0, 24, 2))
    assert killed
    assert len({int(r["process"]) for r in found}) >= 2
    assert all(Cache(tmp_path).get(task) is not None for task in tasks)


@pytest.mark.timeout(180)
@pytest.mark.slow
def test_the_command_line_uses_the_cluster(cluster, tmp_path):
    command = [
        sys.executable,
        "-m",
        "vibronic",
        "hamiltonian",
        "water",
        "--method",
        "adc2",
        "--basis-set",
        "sto-3g",
        "--quiet",
        "--cache",
        str(tmp_path / "cache"),
    ]
    by_dask = subprocess.run(
        [*command, "--dask", cluster.scheduler_address, "-o", str(tmp_path / "a")],
        capture_output=True,
        text=True,
    )
    assert by_dask.returncode == 0, by_dask.stderr
    both = subprocess.run(
        [*command, "--dask", cluster.scheduler_address, "--jobs", "2"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert both.returncode == 2
    assert "Give `--jobs` or `--dask`" in both.stderr
    local = subprocess.run(
        [*command[:-1], str(tmp_path / "other"), "--jobs", "1", "-o", str(tmp_path / "b")],
        capture_output=True,
        text=True,
    )
    assert local.returncode == 0, local.stderr
    a, b = (vb.load(tmp_path / x / "hamiltonian.toml") for x in "ab")
    np.testing.assert_allclose(a.linear, b.linear, atol=1e-6)


def test_no_scheduler_there():
    with pytest.raises(vb.InputError, match="No Dask scheduler answers at 'tcp://127.0.0.1:1'"):
        with dask_workers("tcp://127.0.0.1:1", timeout=1):
            pass


def test_threads_of_one_process_take_turns(tmp_path):
    """PySCF's output is caught by the whole process, so calculations in threads must not overlap;
    the results are the same.
    """
    water = vb.Molecule(
        "water",
        ("O", "H", "H"),
        [[0, 0, 0.117], [0, 0.757, -0.469], [0, -0.757, -0.469]],
        basis_set="sto-3g",
        reference="hf",
        method="adc2",
    )
    with ThreadPoolExecutor(3) as executor:
        campaign = Campaign(executor, Cache(tmp_path))
        modes = vb.electronic_structure.normal_modes(water, executor=campaign)
        model = vb.electronic_structure.vibronic_hamiltonian(water, modes, executor=campaign)
    assert model.n_states == 2


def test_memory_is_estimated_before_the_start(tmp_path):
    from vibronic.campaign.executors import free_memory, tasks_within_memory

    free = free_memory()
    assert 1e8 < free < 1e13
    with ThreadPoolExecutor(4) as executor:
        assert tasks_within_memory(executor, 1.0, "") >= 4
        assert tasks_within_memory(executor, free / 2.5, "") == 2
        with pytest.raises(
            vb.InputError,
            match="one geometry needs about .* smaller basis set or a cheaper method",
        ):
            Campaign(executor, Cache(tmp_path)).results(
                [Task(slowly, {"x": 1}, 10 * free, terms=TERMS)], "Work"
            )


@pytest.mark.slow
def test_two_runs_may_share_a_cache(tmp_path):
    """Two processes compute the same set into one folder at once; both get everything, and every
    entry is whole.
    """
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from small_tasks import slowly\n"
        "from vibronic.campaign import Cache, Campaign, Task, local_processes\n"
        "if __name__ == '__main__':\n    with local_processes(1) as executor:\n"
        "        found = Campaign(executor, Cache(Path(sys.argv[1]))).results([Task(slowly, "
        "{'x': k}) for k in range(4)], '')\n"
        "    print(*(int(r['x']) for r in found))"
    )
    (tmp_path / "run.py").write_text(code)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    runs = [
        subprocess.Popen(
            [sys.executable, tmp_path / "run.py", tmp_path / "cache"],
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        for _ in range(2)
    ]
    assert [run.communicate()[0].split() for run in runs] == [["0", "2", "4", "6"]] * 2
    assert len(Cache(tmp_path / "cache").entries()) == 4
    assert all(entry.inputs is not None for entry in Cache(tmp_path / "cache").entries())

"""Shared fixtures. Every electronic-structure test works in a cache of its own: no result of an
earlier run can pass for one of this.
"""

import os

import pytest

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(
        name, "1"
    )  # the tests run in two processes; read when numpy is first imported

import vibronic as vb  # noqa: E402
from systems import crossing_model  # noqa: E402


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VIBRONIC_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture
def crossing():
    return crossing_model()


@pytest.fixture(scope="session")
def butatriene():
    return vb.library.hamiltonian("butatriene")


@pytest.fixture(scope="session")
def water_modes():
    """Water by RHF and ADC(3), its modes, and a campaign on two worker processes."""
    from dataclasses import replace

    from vibronic.campaign import Campaign, local_processes
    from vibronic.electronic_structure import normal_modes

    molecule = replace(vb.library.molecule("water"), reference="hf", method="adc3")
    with local_processes(2) as executor:
        campaign = Campaign(executor)
        yield molecule, normal_modes(molecule, executor=campaign), campaign

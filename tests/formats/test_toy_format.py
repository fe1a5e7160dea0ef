"""A format of somebody's own: one registration, and load, save and the command line know it."""

from pathlib import Path

import numpy as np
import pytest

import vibronic as vb
from vibronic import storage
from vibronic.cli.request import asked
from vibronic.storage import Format


def read_toy(path: Path, *, shift: float = 0.0) -> vb.VibronicHamiltonian:
    """One displaced oscillator: its frequency, energy and kappa, in one line."""
    frequency, energy, kappa = np.loadtxt(path)
    return vb.VibronicHamiltonian([frequency], [[energy + shift]], [[[kappa]]])


def write_toy(model: vb.VibronicHamiltonian, path: Path, *, digits: int = 6) -> None:
    numbers = (model.frequencies[0], model.constant[0, 0], model.linear[0, 0, 0])
    path.write_text(" ".join(f"{x:.{digits}f}" for x in numbers))


@pytest.fixture
def toy(monkeypatch):
    monkeypatch.setattr(storage, "FORMATS", dict(storage.FORMATS))
    storage.register(Format("toy", ("*.toy", "TOY.input"), read_toy, write_toy))


@pytest.fixture
def model():
    return vb.VibronicHamiltonian([0.1234567], [[9.5]], [[[0.25]]])


@pytest.mark.parametrize("name", ["a.toy", "TOY.input", "A.TOY"])
def test_load_and_save_know_it(toy, model, name, tmp_path):
    vb.save(model, tmp_path / name, digits=7)
    again = vb.load(tmp_path / name, shift=0.5)
    assert again.frequencies == pytest.approx([0.1234567])
    assert again.constant == pytest.approx(10.0)


def test_the_command_line_knows_it(toy, model, tmp_path):
    vb.save(model, tmp_path / "oscillator.toy")
    request = asked("photoelectron", str(tmp_path / "oscillator.toy"))
    assert request.name == "oscillator"
    assert request.model.linear == pytest.approx(0.25)


def test_unknown_options_are_refused_by_name(toy, model, tmp_path):
    path = tmp_path / "a.toy"
    vb.save(model, path)
    with pytest.raises(vb.InputError, match=r"toy has no option `shfit`. .*shift"):
        vb.load(path, shfit=1.0)
    with pytest.raises(vb.InputError, match="toy has no option `shift`"):
        vb.save(model, path, shift=1.0)
    vb.save(model, tmp_path / "a.toml")
    with pytest.raises(vb.InputError, match=r"toml has no option `shift`. It takes none"):
        vb.load(tmp_path / "a.toml", shift=1.0)


def test_ambiguous_names_ask_for_the_format(toy, model, tmp_path):
    storage.register(Format("other", ("*.toy",), read_toy))
    vb.save(model, tmp_path / "a.toy")  # only one of them writes
    with pytest.raises(vb.InputError, match=r"formats toy, other: say which by `format=`"):
        vb.load(tmp_path / "a.toy")
    assert vb.load(tmp_path / "a.toy", format="other").n_modes == 1


def test_a_format_may_be_said(toy, model, tmp_path):
    vb.save(model, tmp_path / "model.dat", format="toy")
    assert vb.load(tmp_path / "model.dat", format="toy").n_states == 1
    with pytest.raises(vb.InputError, match=r"Unknown format 'tyo'. .*toy"):
        vb.load(tmp_path / "model.dat", format="tyo")
    with pytest.raises(vb.InputError, match=r"Cannot tell the format of .*model.dat.* or \.toy"):
        vb.load(tmp_path / "model.dat")


def test_a_format_that_only_reads_does_not_write(toy, model, tmp_path):
    with pytest.raises(vb.InputError, match="Cannot tell the format"):
        vb.save(model, tmp_path / "model.xyz")
    assert not list(tmp_path.iterdir())


def test_no_other_file_names_a_suffix():
    """Suffixes stand in the formats, and in the names of files that a command writes."""
    root = Path(vb.__file__).parent
    owners = ("formats", "storage.py", "hdf5.py", "toml_document.py", "library.py", "plotting")
    for path in root.rglob("*.py"):
        if path.relative_to(root).parts[0] not in owners and path.name != "checkpoint.py":
            text = path.read_text()
            assert ".suffix" not in text, path
            assert ".endswith(" not in text or '"."' not in text, path

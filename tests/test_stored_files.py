"""Files stored by earlier versions load, and give the numbers they gave then."""

import tarfile
import tomllib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

import vibronic as vb
from vibronic.storage import STORED, built, noun, reads

STORED_BEFORE = Path(__file__).parent / "data" / "stored"
NUMBERS = tomllib.loads((STORED_BEFORE / "numbers.toml").read_text())


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """All files that version 0.1.0 wrote."""
    unpacked = tmp_path_factory.mktemp("stored")
    with tarfile.open(STORED_BEFORE / "version-0.1.0.tar.xz") as archive:
        archive.extractall(unpacked, filter="data")
    return unpacked


def value(noun, path):
    """What `noun.path` gives; a result whose certificate is a dictionary still has it read."""
    owner, is_certificate, field = f"noun.{path}".rpartition(".certificate.")
    if not is_certificate:
        return eval(f"noun.{path}", {"noun": noun})
    found = eval(owner, {"noun": noun}).certificate
    if isinstance(found, Mapping):
        found = STORED["Certificate"](found)
    return getattr(found, field)


def test_every_file_is_checked(folder):
    assert {path.name for path in folder.iterdir()} == set(NUMBERS)


@pytest.mark.parametrize("name", NUMBERS)
def test_files_of_version_0_1_0(folder, name):
    noun = vb.load(folder / name)
    assert str(noun)
    for path, expected in NUMBERS[name].items():
        found = value(noun, path)
        if isinstance(expected, (str, bool)):
            assert found == expected
        elif isinstance(expected, list):
            assert list(found) == expected
        else:
            np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-14, err_msg=path)


OLD_CERTIFICATES = [
    (
        {
            "asked": 1e-3,
            "reached": 4e-4,
            "converged": True,
            "functions": 1200,
            "limiting_mode": "v2",
            "text": "converged to 4e-04 (asked 1e-03) with 1,200 functions; from 3 levels",
        },
        True,
    ),
    (
        {
            "asked": 1e-3,
            "reached": 2e-2,
            "converged": False,
            "functions": 1200,
            "limiting_mode": "v2",
            "text": "NOT CONVERGED: with 1,200 functions an error of 2e-02 is left (asked 1e-03); "
            "mode v2 limits; raise `max_size` or `memory`, or loosen `tolerance`; 5 levels of the "
            "reference summed, 40 drawn for the other 3.0 % (statistical error 1e-02)",
        },
        True,
    ),
    (
        {
            "asked": 1e-2,
            "reached": 1e-3,
            "converged": True,
            "functions": 400,
            "limiting_mode": "",
            "text": "converged to 1e-03 (asked 1e-02) with 400 grid points; v5, v8 as oscillators "
            "of the state entered",
        },
        True,
    ),
    (
        {
            "asked": 1e-3,
            "reached": 4e-9,
            "converged": True,
            "functions": 65,
            "limiting_mode": "",
            "steps": 44,
            "text": "Lanczos steps converged to 4e-09 on the basis given",
        },
        False,
    ),
    ({"text": "strength left out 1e-08", "reached": 1e-8, "converged": True}, False),
]


@pytest.mark.parametrize(("stored", "word_for_word"), OLD_CERTIFICATES)
def test_certificates_that_were_dictionaries(stored, word_for_word):
    certificate = STORED["Certificate"](stored)
    assert certificate.converged == stored["converged"]
    assert certificate.reached == stored["reached"]
    assert certificate.limiting == stored.get("limiting_mode", "")
    if word_for_word:
        assert str(certificate) == stored["text"]


def test_a_noun_says_how_its_former_name_and_fields_are_read(tmp_path, monkeypatch):
    from dataclasses import dataclass

    from vibronic import storage

    monkeypatch.setattr(storage, "NOUNS", dict(storage.NOUNS))
    monkeypatch.setattr(storage, "STORED", dict(storage.STORED))

    @noun
    @dataclass(frozen=True)
    class Trough:
        depth: float
        note: str = ""

    vb.save(Trough(2.0, "dropped"), tmp_path / "x.h5")

    @noun
    @dataclass(frozen=True)
    class Basin:
        depth_mev: float

    @reads("Trough")
    def _trough(content):
        return built(Basin, {**content, "depth_mev": 1000 * content["depth"]})

    assert vb.load(tmp_path / "x.h5") == Basin(2000.0)

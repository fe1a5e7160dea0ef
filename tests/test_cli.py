"""What a user types, and every bad input: one clear message on stderr, exit code 2, no
traceback.
"""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from PIL import Image

import vibronic as vb
from systems import crossing_model

COMMAND = [sys.executable, "-m", "vibronic"]


def vibronic(*arguments, cwd, **kwargs):
    return subprocess.run(
        [*COMMAND, *map(str, arguments)], cwd=cwd, capture_output=True, text=True, **kwargs
    )


def complaint(result):
    assert result.returncode == 2, result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""
    lines = result.stderr.strip().splitlines()
    message = lines[-1]
    assert message.startswith("vibronic: ")
    return message


@pytest.mark.slow
def test_photoelectron_from_a_published_model(tmp_path):
    result = vibronic("photoelectron", "butatriene", "--hamiltonian", "published", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "MYSTERY BAND" in result.stdout
    folder = tmp_path / "butatriene-photoelectron"
    assert {p.name for p in folder.iterdir()} == {
        "hamiltonian.toml",
        "spectrum.csv",
        "results.h5",
        "report.txt",
        "headline.png",
        "photoelectron.png",
        "photoelectron.svg",
        "populations.png",
    }
    header = (folder / "spectrum.csv").read_text().splitlines()[:2]
    assert "energies in eV" in header[0]
    names = header[1].removeprefix("# ").split(",")
    assert names == [
        "energy_eV",
        *(
            f"{level}_per_eV"
            for level in ("koopmans", "vertical", "displaced", "adiabatic", "vibronic")
        ),
        "vibronic_from_X_per_eV",
        "vibronic_from_A_per_eV",
        "autocorrelation_per_eV",
    ]
    table = dict(zip(names, np.loadtxt(folder / "spectrum.csv", delimiter=",").T, strict=True))
    np.testing.assert_allclose(
        table["vibronic_per_eV"],
        table["autocorrelation_per_eV"],
        atol=1e-3 * table["vibronic_per_eV"].max(),
    )
    np.testing.assert_allclose(
        table["vibronic_per_eV"],
        table["vibronic_from_X_per_eV"] + table["vibronic_from_A_per_eV"],
        rtol=1e-6,
        atol=1e-7,
    )
    assert isinstance(vb.load(folder / "results.h5"), vb.photoelectron.PhotoelectronComparison)
    assert isinstance(vb.load(folder / "hamiltonian.toml"), vb.VibronicHamiltonian)


@pytest.mark.slow
def test_photoelectron_of_a_users_xyz_from_scratch(tmp_path):
    (tmp_path / "my.xyz").write_text(
        "3\nwater\nO 0 0 0.1173\nH 0 0.7572 -0.4692\nH 0 -0.7572 -0.4692\n"
    )
    arguments = (
        "photoelectron",
        "my.xyz",
        "--states",
        2,
        "--method",
        "adc2",
        "--cache",
        tmp_path / "cache",
        "-o",
        "out",
    )
    first = vibronic(*arguments, cwd=tmp_path)
    assert first.returncode == 0, first.stderr
    assert "my cation, ADC(2)" in first.stdout
    assert "ADC(2) energies" in first.stderr  # the progress bar names its stages
    stamps = {p: p.stat().st_mtime_ns for p in (tmp_path / "cache").rglob("*.npz")}
    report = (tmp_path / "out" / "report.txt").read_text()
    assert "z along the twofold axis, x normal to the molecular plane" in report
    for name, label in (("orbitals", "A"), ("modes", "v3")):
        assert label in vb.load(tmp_path / "out" / f"{name}.h5").labels
        assert (tmp_path / "out" / f"{name}.png").stat().st_size > 10_000
    second = vibronic(*arguments, cwd=tmp_path)
    assert second.stdout == first.stdout
    assert {p: p.stat().st_mtime_ns for p in (tmp_path / "cache").rglob("*.npz")} == stamps


@pytest.mark.slow
def test_dynamics_hamiltonian_and_molecules(tmp_path):
    model = vb.VibronicHamiltonian(
        [0.11, 0.09],
        np.diag([9.1, 9.5]),
        [np.diag([-0.1, 0.12]), [[0, 0.09], [0.09, 0]]],
        title="two modes",
        energy_origin="here",
        state_labels=("X", "A"),
    )
    vb.save(model, tmp_path / "mine.toml")
    result = vibronic("dynamics", "mine.toml", "--time", 20, "--quiet", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    assert "from state A" in result.stdout
    table = np.loadtxt(tmp_path / "mine-dynamics" / "populations.csv", delimiter=",", skiprows=1)
    np.testing.assert_allclose(table[:, 1:].sum(axis=1), 1, atol=1e-8)
    assert (
        vibronic(
            "hamiltonian", "pyrazine", "--hamiltonian", "linear-1996", cwd=tmp_path
        ).returncode
        == 0
    )
    listing = vibronic("molecules", cwd=tmp_path).stdout
    assert all(
        name in listing for name in ("butatriene", "water", "ethylene", "formaldehyde", "pyrazine")
    )


@pytest.mark.parametrize(
    "command",
    [
        "photoelectron",
        "absorption",
        "intersection",
        "hamiltonian",
        "dynamics",
        "molecules",
        "cache",
    ],
)
def test_help_explains(command, tmp_path):
    result = vibronic(command, "--help", cwd=tmp_path)
    assert result.returncode == 0
    assert len(result.stdout) > 300


@pytest.mark.slow
def test_hamiltonian_with_audit_isotopes_and_cache(tmp_path):
    cache = ("--cache", tmp_path / "cache", "--quiet")
    level = ("--method", "adc2", "--basis-set", "sto-3g", "--reference", "hf")
    result = vibronic(
        "hamiltonian", "water", *level, "--audit", "--bilinear", *cache, cwd=tmp_path
    )
    assert result.returncode == 0, result.stderr
    assert "AUDIT  ADC(2)/sto-3g" in result.stdout
    model = vb.load(tmp_path / "water-hamiltonian" / "hamiltonian.toml")
    assert model.linear_errors.max() < 0.01
    assert model.quadratic[0, 1].any()
    assert isinstance(
        vb.load(tmp_path / "water-hamiltonian" / "audit.h5"), vb.electronic_structure.Audit
    )
    heavy = vibronic(
        "hamiltonian",
        "water",
        *level,
        "--bilinear",
        "--isotopes",
        "H=2",
        "-o",
        "heavy",
        *cache,
        cwd=tmp_path,
    )
    assert heavy.returncode == 0, heavy.stderr
    ratio = vb.load(tmp_path / "heavy" / "hamiltonian.toml").frequencies / model.frequencies
    assert np.all((ratio > 0.70) & (ratio < 0.75))
    listing = vibronic("cache", "--cache", tmp_path / "cache", cwd=tmp_path).stdout
    assert "adc2/sto-3g" in listing
    assert "H2O" in listing
    (tmp_path / "cache" / "hessian" / "damaged.npz").write_bytes(b"nothing")
    assert (
        "damaged or foreign"
        in vibronic("cache", "--cache", tmp_path / "cache", cwd=tmp_path).stdout
    )
    assert (
        "Removed"
        in vibronic("cache", "--cache", tmp_path / "cache", "--clear", cwd=tmp_path).stdout
    )
    assert not list((tmp_path / "cache").rglob("*.npz"))


WATER = "3\n\nO 0 0 0.1173\nH 0 0.7572 -0.4692\nH 0 -0.7572 -0.4692\n"
TOML = (
    'format = "Molecule/1"\nname = "w"\ngeometry_angstrom = '
    f'"""\n{WATER[3:]}"""\n[calculation]\nmethod = "koopmans"\n'
)
FILES = [
    (
        "w.toml",
        TOML.replace("name =", "nmae ="),
        "w.toml:2: unknown key `nmae`. Did you mean 'name'?",
    ),
    ("w.toml", TOML.replace('name = "w"\n', ""), "w.toml: missing key `name`."),
    (
        "w.toml",
        TOML.replace('"koopmans"', '"koopman"'),
        "key `method` must be one of koopmans, adc2, adc2x, adc3, eom-ip-ccsd, composite, tda,",
    ),
    (
        "w.toml",
        TOML.replace('"koopmans"', '"sa-casscf(4,2)"'),
        "w.toml:9: key `method`: 'sa-casscf(4,2)' is no method with an active space",
    ),
    (
        "w.toml",
        TOML.replace('name = "w"', 'name = "w"\ncharge = 1'),
        "charge 1 and 9 electrons, an odd number",
    ),
    ("w.toml", TOML.replace('name = "w"', 'name = "w"\nspin = 2'), "charge 0 and spin 2"),
    (
        "w.toml",
        TOML.replace("0.7572", "zero"),
        "w.toml:5: expected an element up to Xe and three coordinates in angstrom",
    ),
    (
        "w.toml",
        TOML + 'basis_set = "cc-pvqx"\n',
        "Basis set 'cc-pvqx' is not known to PySCF for H and O",
    ),
    ("w.xyz", WATER.replace("3", "4", 1), "w.xyz: line 1 announces 4 atoms, but 3 follow"),
    (
        "w.xyz",
        WATER.replace("0.7572 -0.4692\nH", "0.0 0.1200\nH"),
        "Atoms 1 (O) and 2 (H) are 0.003 angstrom apart",
    ),
    ("w.xyz", WATER.replace("O", "Qq"), "w.xyz:3: expected an element"),
    ("w.xyz", "1\n\nHe 0 0 0\n", "An atom has no vibrations"),
    ("w.toml", TOML + 'reference = "b3lip"\n', "Functional 'b3lip' is not known to PySCF"),
    (
        "w.toml",
        TOML + 'energies = "tda"\n',
        "Unknown energies 'tda'. Known: adc2, adc2x, adc3, composite, eom-ip-ccsd, koopmans.",
    ),
    ("w.xyz", "3\n\nN 0 0 0\nH 0 0.8 0.6\nH 0 -0.8 0.6\n", "9 electrons, an odd number"),
    ("w.xyz", "hello\n", "w.xyz:1: expected the number of atoms, but found 'hello'."),
]


@pytest.mark.parametrize(("name", "text", "message"), FILES, ids=[f[2][:40] for f in FILES])
def test_bad_files(tmp_path, name, text, message):
    (tmp_path / name).write_text(text)
    found = complaint(vibronic("photoelectron", name, "--quiet", cwd=tmp_path))
    assert message in found


ARGUMENTS = [
    (("photoelectron", "butatrine"), "Unknown molecule 'butatrine'. Did you mean 'butatriene'?"),
    (("photoelectron", "none.toml"), "There is no file none.toml."),
    (
        ("photoelectron", "butatriene", "--hamiltonian", "publshed"),
        "has no Hamiltonian 'publshed'. Did you mean 'published'?",
    ),
    (("photoelectron", "butatriene", "--method", "adc4"), "Unknown method 'adc4'."),
    (
        ("photoelectron", "water", "--states", "9", "--quiet"),
        "`states` must be from 1 to 5 (occupied orbitals of water), but is 9",
    ),
    (
        ("photoelectron", "water", "--fwhm", "-1"),
        "`--fwhm` must be a positive number of eV, but is -1.0",
    ),
    (
        ("photoelectron", "water", "--fwhm", "40nm"),
        "`--fwhm` must be a number of eV, or carry its unit as in 40meV or 320cm-1, but is '40nm'",
    ),
    (
        ("photoelectron", "water", "--lorentzian", "0"),
        "`--lorentzian` must be a positive number of eV, but is 0.0",
    ),
    (
        ("photoelectron", "water", "--levels", "koopmans,vibrnic"),
        "Unknown level 'vibrnic'. Did you mean 'vibronic'?",
    ),
    (
        ("photoelectron", "water", "--temperature", "-5"),
        "`--temperature` must be 0 or more kelvin, but is -5.0",
    ),
    (
        ("photoelectron", "water", "--window", "9-10"),
        "`--window` must be two energies in eV joined by a comma",
    ),
    (("photoelectron", "water", "--experiment", "none.csv"), "There is no file none.csv."),
    (
        ("photoelectron", "water", "--instrument", "none.csv", "--fwhm", "0.1"),
        "`--instrument` takes the place of `--fwhm`",
    ),
    (("intersection", "pyrazine", "--modes", "v7"), "Unknown mode 'v7'."),
    (("intersection", "nowhere"), "Unknown molecule 'nowhere'."),
    (("absorption", "water", "--quiet"), "describes ionization, not electronic excitation"),
    (
        ("absorption", "ethylene", "--quiet"),
        "but absorption spectra need excited ones. Try `--method tda --functional b3lyp`",
    ),
    (("absorption", "pyrazine", "--levels", "koopmans"), "Unknown level 'koopmans'."),
    (
        ("absorption", "pyrazine", "--style", "slide"),
        "Unknown style 'slide'. Did you mean 'slides'?",
    ),
    (
        ("photoelectron", "water", "--hamiltonian", "published", "--window", "14,12"),
        "A window needs its lower energy first, but is 14 to 12 eV.",
    ),
    (
        ("absorption", "pyrazine", "--window", "9,10", "--quiet"),
        "The window 9-10 eV holds 0 points of the measured spectrum",
    ),
    (
        ("absorption", "pyrazine", "--window", "5,4", "--quiet"),
        "A window needs its lower energy first",
    ),
    (
        ("photoelectron", "butatriene", "--hamiltonian", "published", "--states", "3"),
        "belong to a computed Hamiltonian",
    ),
    (
        ("photoelectron", "pyrazine", "--hamiltonian", "published", "--quiet"),
        "describes electronic excitation, not ionization",
    ),
    (
        (
            "photoelectron",
            "butatriene",
            "--hamiltonian",
            "published",
            "--max-modes",
            "0",
            "--quiet",
        ),
        "`max_modes` must be 1 or more, but is 0",
    ),
    (
        ("photoelectron", "butatriene", "--hamiltonian", "published", "--modes", "v9", "--quiet"),
        "Unknown mode 'v9'.",
    ),
    (
        ("photoelectron", "water", "--states", "0", "--quiet"),
        "`n_states` must be 1 or more, but is 0",
    ),
    (("photoelectron", "water", "--jobs", "0", "--quiet"), "`n_jobs` must be 1 or more, but is 0"),
    (
        ("photoelectron", "water", "--method", "tda", "--quiet"),
        "but photoelectron spectra need ionized ones",
    ),
    (
        ("absorption", "water", "--method", "sa-casscf(3,4)", "--quiet"),
        "write sa-casscf(4,4), an even number of electrons",
    ),
    (("cache", "--cache", "nowhere"), "there is no folder nowhere"),
    (("hamiltonian", "water", "--isotopes", "D", "--quiet"), "Isotopes must be given as in H=2"),
    (
        ("hamiltonian", "water", "--isotopes", "C=13", "--quiet"),
        "the molecule has 3 atoms, O, H, H",
    ),
    (
        ("hamiltonian", "water", "--hamiltonian", "published", "--audit"),
        "belong to a computed Hamiltonian",
    ),
    (
        ("hamiltonian", "water", "--dask", "nonsense", "--quiet"),
        "No Dask scheduler answers at 'nonsense'",
    ),
    (
        ("hamiltonian", "water", "--jobs", "1", "--dask", "tcp://127.0.0.1:1", "--quiet"),
        "Give `--jobs` or `--dask`.",
    ),
    (("dynamics", "pyrazine", "--state", "S3", "--quiet"), "Unknown state 'S3'."),
    (
        ("dynamics", "pyrazine", "--snapshots", "1"),
        "`--snapshots` must be 0, or 2 or more, but is 1.",
    ),
    (("dynamics", "pyrazine", "--temperature", "300"), "`--temperature` belongs to a bath"),
    (("dynamics", "pyrazine", "--lifetime", "-5"), "`--lifetime` must be a positive number of fs"),
    (("dynamics", "pyrazine", "--modes", "v7"), "Unknown mode 'v7'."),
    (
        ("intersection", "butatriene", "--hamiltonian", "published", "--check"),
        "need a model made here",
    ),
    (("dynamics", "pyrazine", "--time", "0"), "`--time` must be a positive number of fs"),
    (
        ("dynamics", "pyrazine", "--memory", "-2"),
        "`--memory` must be a positive number of GB, but is -2.0",
    ),
    (("dynamics", "pyrazine", "--memory", "0.0001", "--quiet"), "more than the 0.0001 GB allowed"),
    (
        ("photoelectron", "butatriene", "--hamiltonian", "published", "-o", "/proc/nowhere"),
        "Cannot write /proc/nowhere",
    ),
]


@pytest.mark.parametrize(("arguments", "message"), ARGUMENTS, ids=[a[1][:40] for a in ARGUMENTS])
def test_bad_arguments(tmp_path, arguments, message):
    assert message in complaint(vibronic(*arguments, cwd=tmp_path))


SPECTRA = [
    (
        "energy,intensity\n4,1\n5,2\n6,1\n",
        "x.csv:1: the first two column names must tell the quantity and its unit",
    ),
    ("# mine\nwavelength_m,intensity\n4,1\n", "x.csv:2: the first two column names"),
    ("energy_eV,counts\n4,1\n", "but found 'energy_eV,counts'"),
    ("energy_eV,intensity\n4,1\n5,two\n6,1\n", "x.csv:3: expected two numbers, but found '5,two'"),
    ("energy_eV,intensity\n4,1\n5\n6,1\n", "x.csv:3: expected two numbers, but found '5'"),
    ("energy_eV,intensity\n4,1\n5,1\n", "x.csv: a curve needs at least 3 rows, but has 2"),
    ("energy_eV,intensity\n36000,1\n38000,2\n40000,1\n", "the energies span 4000 eV, too much"),
    ("wavelength_nm,intensity\n0,1\n250,2\n260,1\n", "wavelengths must be positive"),
    ("energy_eV,intensity\n4.5,nan\n4.6,1\n4.7,1\n", "x.csv:2: expected finite numbers"),
    (
        "energy_eV,intensity\n4.4,0\n4.5,0\n4.6,0\n4.7,0\n4.8,0\n",
        "nowhere positive inside the window",
    ),
    ("", "x.csv: holds no data"),
]


@pytest.mark.parametrize(("text", "message"), SPECTRA, ids=[s[1][:40] for s in SPECTRA])
def test_bad_measured_spectra(tmp_path, text, message):
    (tmp_path / "x.csv").write_text(text)
    arguments = (
        "absorption",
        "pyrazine",
        "--experiment",
        "x.csv",
        "--levels",
        "vertical",
        "--tolerance",
        "0.05",
        "--fwhm",
        "0.2",
        "--quiet",
    )
    assert message in complaint(vibronic(*arguments, cwd=tmp_path))


def test_a_model_without_origin_cannot_be_laid_beside_experiment(tmp_path):
    model = vb.VibronicHamiltonian(
        [0.1], [[4.6]], [[[0.1]]], title="no origin", process="excitation"
    )
    vb.save(model, tmp_path / "m.toml")
    (tmp_path / "x.csv").write_text("energy_eV,intensity\n4.4,0.1\n4.5,1\n4.6,2\n4.7,1\n4.8,0.5\n")
    found = vibronic("absorption", "m.toml", "--experiment", "x.csv", "--quiet", cwd=tmp_path)
    assert "does not say from what its energies count" in complaint(found)


def test_absorption_from_the_command_line(tmp_path):
    arguments = (
        "absorption",
        "pyrazine",
        "--lorentzian",
        "350cm-1",
        "--tolerance",
        "0.01",
        "--emission",
        "--levels",
        "displaced,vibronic",
    )
    result = vibronic(*arguments, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    folder = tmp_path / "pyrazine-absorption"
    files = {
        "hamiltonian.toml",
        "spectrum.csv",
        "results.h5",
        "report.txt",
        "absorption.png",
        "absorption.svg",
        "emission.png",
        "headline.png",
    }
    assert {p.name for p in folder.iterdir()} == files
    assert "best rigid shift +4.4" in result.stdout
    assert "EMISSION from the relaxed excited states" in result.stdout
    assert "from S2: adiabatic lines" not in result.stdout
    found = vb.load(folder / "results.h5")
    assert isinstance(found, vb.photoelectron.AbsorptionComparison)
    assert f"{found}" in result.stdout
    assert "Lorentzian, FWHM 43.4 meV" in (folder / "spectrum.csv").read_text().splitlines()[0]


def test_intersection_from_the_command_line(tmp_path):
    result = vibronic("intersection", "pyrazine", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "S1/S2         0.261" in result.stdout
    assert {p.name for p in (tmp_path / "pyrazine-intersection").iterdir()} == {
        "results.h5",
        "intersection-S1-S2.png",
        "seam-S1-S2.png",
    }
    assert isinstance(
        vb.load(tmp_path / "pyrazine-intersection" / "results.h5"),
        vb.intersections.SurfacesOverview,
    )


@pytest.mark.slow
def test_everything_about_a_passage(tmp_path):
    vb.save(crossing_model(), tmp_path / "mine.toml")
    result = vibronic(
        "dynamics",
        "mine.toml",
        "--time",
        12,
        "--animate",
        "--surfaces",
        "--snapshots",
        3,
        "--lifetime",
        60,
        "--dephasing",
        30,
        "--temperature",
        200,
        "--trajectories",
        "--quiet",
        cwd=tmp_path,
    )
    assert result.returncode == 0, result.stderr
    folder = tmp_path / "mine-dynamics"
    names = {p.name for p in folder.iterdir()}
    assert {
        "results.h5",
        "passage.h5",
        "passage.csv",
        "passage.png",
        "densities.png",
        "cone.png",
        "passage.gif",
        "snapshots.h5",
        "open.h5",
        "surface-hopping.h5",
        "ehrenfest.h5",
        "comparison.png",
    } <= names
    assert not [name for name in names if name.startswith("unfinished")]
    for text in (
        "adiabatic surfaces",
        "Recurrences",
        "POPULATION OF 2",
        "Wigner samples",
        "start at 200 K",
        "largest difference",
    ):
        assert text in result.stdout
    seen = vb.load(folder / "passage.h5")
    assert seen.densities.of_surfaces
    np.testing.assert_allclose(seen.densities.populations.sum(axis=1), 1, atol=1e-3)
    table = np.loadtxt(folder / "passage.csv", delimiter=",", skiprows=1)
    np.testing.assert_allclose(table[:, 1:3], seen.means.populations, atol=1e-6)
    film = Image.open(folder / "passage.gif")
    assert film.n_frames == len(seen.densities.times)


def test_an_interrupted_passage_goes_on_or_starts_afresh(tmp_path, monkeypatch):
    model = crossing_model()
    times = np.linspace(0, 20, 41)
    mark = tmp_path / "unfinished.h5"

    heard = []

    def stop(stage, part):
        heard.append(stage)
        if len(set(heard)) > 1 and part > 0.3:  # on the second basis
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), vb.progress_to(stop):
        vb.passage.passage(model, 1, times, checkpoint=mark)
    assert {p.name for p in tmp_path.iterdir()} == {"unfinished.h5"}
    with pytest.raises(vb.InputError, match="start afresh"):
        vb.passage.passage(model, 1, times[:-2], checkpoint=mark)
    stages = []
    with vb.progress_to(lambda stage, part: stages.append(stage)):
        again = vb.passage.passage(model, 1, times, checkpoint=mark)
    assert heard[0] not in stages
    assert not list(tmp_path.iterdir())
    whole = vb.passage.passage(model, 1, times)
    np.testing.assert_allclose(again.adiabatic.populations, whole.adiabatic.populations, atol=1e-5)
    np.testing.assert_allclose(again.densities.values, whole.densities.values, atol=1e-5)


def test_a_film_needs_a_name_it_can_write(tmp_path, monkeypatch):
    from matplotlib.animation import FFMpegWriter

    from vibronic.plotting import save_film

    seen = vb.passage.passage(crossing_model(), 1, np.linspace(0, 4, 5))
    monkeypatch.setattr(FFMpegWriter, "isAvailable", classmethod(lambda cls: False))
    with pytest.raises(vb.InputError, match="ffmpeg"):
        save_film(seen, tmp_path / "film.mp4")
    with pytest.raises(vb.InputError, match=r"a \.gif or an \.mp4"):
        save_film(seen, tmp_path / "film.avi")


@pytest.mark.slow
def test_a_model_beside_its_ab_initio_points(tmp_path):
    result = vibronic(
        "intersection",
        "water",
        "--basis-set",
        "6-31g",
        "--reference",
        "hf",
        "--method",
        "adc2",
        "--states",
        3,
        "--check",
        "--quiet",
        cwd=tmp_path,
    )
    assert result.returncode == 0, result.stderr
    assert (
        "MODEL BESIDE AB INITIO POINTS  ADC(2)/6-31g (frozen core) on RHF/6-31g" in result.stdout
    )
    assert (tmp_path / "water-intersection" / "check.png").exists()
    check = vb.load(tmp_path / "water-intersection" / "check.h5")
    assert np.abs(check.errors(check.cuts[0])[0]).max() < 1e-6


def test_an_scf_that_does_not_converge_is_reported(monkeypatch):
    from vibronic.electronic_structure import scf

    class Stubborn:
        """An SCF that never converges."""

        converged = False

        def __init__(self, molecule):
            self.molecule = molecule

        def kernel(self, *args):
            return 0.0

        def make_rdm1(self):
            return None

        def newton(self):
            return self

    from pyscf import scf as theirs

    monkeypatch.setattr(theirs, "RHF", Stubborn)
    water = vb.library.molecule("water")
    with pytest.raises(
        vb.CalculationError,
        match=r"RHF calculation did not converge at the geometry O 0.000 0.000 0.117; H",
    ):
        scf.converged_scf(scf.mole(scf.geometry_inputs(water, water.coordinates)))


def interrupted(arguments, ready, cwd, stop=os.killpg, by=signal.SIGINT, at_start=signal.SIG_DFL):
    """Start a command, `stop` it `by` a signal as soon as `ready()`. SIGINT is `at_start` as in an
    interactive shell, whatever the shell of these tests has set.
    """
    run = subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=cwd,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, at_start),
    )
    deadline = time.monotonic() + 120
    while not ready():
        assert run.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    stop(run.pid, by)
    _, errors = run.communicate(timeout=60)
    assert run.returncode == 130
    assert "Traceback" not in errors
    assert "vibronic: interrupted. What was finished is kept" in errors


@pytest.mark.slow
def test_ctrl_c_ends_with_130_and_keeps_what_was_finished(tmp_path):
    cache = tmp_path / "cache"
    interrupted(
        ["photoelectron", "formaldehyde", "--cache", str(cache)],
        lambda: list(cache.glob("electronic_states/[!.]*.npz")),
        tmp_path,
    )
    assert len(list(cache.glob("relaxed_geometry/*.npz"))) == 1


@pytest.mark.slow
def test_interrupted_dynamics_go_on_with_the_same_command(tmp_path):
    arguments = ["dynamics", "pyrazine", "--time", "60", "--tolerance", "1e-5", "--quiet"]
    left = tmp_path / "pyrazine-dynamics" / "unfinished.h5"
    interrupted(arguments, left.exists, tmp_path)
    assert vb.load(left).step.size > 0
    other = vibronic(*arguments[:3], "50", *arguments[4:], cwd=tmp_path)
    assert "belongs to another propagation" in complaint(other)
    done = vibronic(*arguments, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "converged to" in done.stdout
    assert not left.exists()


@pytest.mark.slow
def test_a_run_in_the_background_stops_by_kill_and_ignores_ctrl_c(tmp_path):
    """A shell without job control starts `vibronic ... &` with SIGINT ignored."""
    arguments = ["dynamics", "pyrazine", "--time", "60", "--tolerance", "1e-5", "--quiet"]
    left = tmp_path / "pyrazine-dynamics" / "unfinished.h5"

    def stop(pid, by):
        os.kill(pid, signal.SIGINT)
        time.sleep(0.5)
        os.kill(pid, by)

    interrupted(arguments, left.exists, tmp_path, stop, signal.SIGTERM, signal.SIG_IGN)
    assert vb.load(left).step.size > 0


def test_a_log_is_told_how_far_the_work_has_come(monkeypatch, capsys):
    """Where there is no terminal for bars: a line now and then, with the time that is left once it
    can be told.
    """
    from vibronic.cli import outputs

    monkeypatch.setattr(outputs, "BETWEEN_LINES", 0.0)
    with outputs.progress_bars(quiet=False) as report:
        for done in (10, 11, 12):  # ten were on disk
            report(f"ADC(2) energies: {done} of 20 geometries", done / 20)
            time.sleep(0.02)
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "ADC(2) energies: 10 of 20 geometries (50%)"
    assert lines[2] == "ADC(2) energies: 12 of 20 geometries (60%, 1 min left)"
    with outputs.progress_bars(quiet=True) as report:
        report("ADC(2) energies", 0.5)
    assert capsys.readouterr().err == ""


def test_the_version_is_told_and_help_lists_every_command(tmp_path):
    result = vibronic("--version", cwd=tmp_path)
    assert result.stdout == f"vibronic {vb.__version__}\n"
    assert result.returncode == 0
    help_ = vibronic("--help", cwd=tmp_path)
    assert help_.returncode == 0
    for command in ("photoelectron", "absorption", "hamiltonian", "dynamics", "intersection"):
        assert command in help_.stdout

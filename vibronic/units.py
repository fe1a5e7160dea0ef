"""Constants at the doors: eV, fs, angstrom, u and kelvin are the units inside (CODATA, from
SciPy).
"""

from scipy.constants import physical_constants, value

HARTREE = physical_constants["Hartree energy in eV"][0]  # eV
CM = value("inverse meter-electron volt relationship") * 100  # eV per cm^-1
BOHR = value("Bohr radius") * 1e10  # angstrom
HBAR = value("reduced Planck constant in eV s") * 1e15  # eV fs
ATOMIC_MASS = value("atomic mass constant") / value("electron mass")  # electron masses per u
BOLTZMANN = value("Boltzmann constant in eV/K")  # eV/K
MASS_WEIGHTED = (
    HARTREE * BOHR**2 / ATOMIC_MASS
)  # hbar^2 in eV u angstrom^2: q = Q sqrt(w/hbar^2) for mass-weighted Q

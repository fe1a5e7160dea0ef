"""Constants at the doors: eV, fs, angstrom, u and kelvin are the units inside.

CODATA 2022: P. J. Mohr, D. B. Newell, B. N. Taylor, E. Tiesinga,
Rev. Mod. Phys. 97, 025002 (2025), doi:10.1103/RevModPhys.97.025002
"""

HARTREE = 27.211386245981  # eV
CM = 1.2398419843320026e-4  # eV per cm^-1
NM = 1e7 * CM  # eV times nm of a photon
BOHR = 0.529177210544  # angstrom
HBAR = 0.6582119569509067  # eV fs
ATOMIC_MASS = 1.66053906892e-27 / 9.1093837139e-31  # electron masses per u
BOLTZMANN = 8.617333262145179e-5  # eV/K
# hbar^2 in eV u angstrom^2: q = Q sqrt(w/hbar^2) for mass-weighted Q
MASS_WEIGHTED = HARTREE * BOHR**2 / ATOMIC_MASS

"""Groups from generators: their names, and the species of functions by character tables."""

from itertools import product

import numpy as np
import pytest

from vibronic.electronic_structure.symmetry.schoenflies import schoenflies
from vibronic.electronic_structure.symmetry.species import label

INVERSION = -np.eye(3)
HORIZONTAL = np.diag([1.0, 1.0, -1.0])
VERTICAL = np.diag([1.0, -1.0, 1.0])  # the xz plane
ACROSS = np.diag([1.0, -1.0, -1.0])  # a twofold axis along x
CUBIC = np.array([[0.0, 0, 1], [1, 0, 0], [0, 1, 0]])  # threefold about (1, 1, 1)
GOLDEN = (1 + np.sqrt(5)) / 2


def turn(n, axis=(0.0, 0.0, 1.0)):
    """Rotation by 2 pi/n."""
    x, y, z = np.array(axis) / np.linalg.norm(axis)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    angle = 2 * np.pi / n
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross


def improper(n):
    return HORIZONTAL @ turn(n)


def group(*generators):
    """All products."""
    found = [np.eye(3)]
    grown = True
    while grown:
        grown = False
        for a, b in product(list(found), generators):
            c = a @ b
            if min(np.abs(c - d).max() for d in found) > 1e-6:
                found.append(c)
                grown = True
    return np.round(np.array(found), 12) + 0.0


GROUPS = {
    "C1": (np.eye(3),),
    "Ci": (INVERSION,),
    "Cs": (HORIZONTAL,),
    "S4": (improper(4),),
    "S6": (improper(6),),
    "D2d": (improper(4), ACROSS),
    "D3d": (improper(6), ACROSS),
    "D4d": (improper(8), ACROSS),
    "T": (turn(2), CUBIC),
    "Td": (improper(4), CUBIC),
    "Th": (turn(2), CUBIC, INVERSION),
    "O": (turn(4), CUBIC),
    "Oh": (turn(4), CUBIC, INVERSION),
    "I": (turn(2), CUBIC, turn(5, (0, 1, GOLDEN))),
    "Ih": (turn(2), CUBIC, turn(5, (0, 1, GOLDEN)), INVERSION),
}
for fold in range(2, 7):
    GROUPS[f"C{fold}"] = (turn(fold),)
    GROUPS[f"C{fold}v"] = (turn(fold), VERTICAL)
    GROUPS[f"C{fold}h"] = (turn(fold), HORIZONTAL)
    GROUPS[f"D{fold}"] = (turn(fold), ACROSS)
    GROUPS[f"D{fold}h"] = (turn(fold), ACROSS, HORIZONTAL)


@pytest.mark.parametrize("name", GROUPS)
def test_names(name):
    assert schoenflies(group(*GROUPS[name])) == name


FUNCTIONS = {
    "1": (lambda x, y, z: 1 + 0 * x,),
    "z": (lambda x, y, z: z,),
    "x,y": (lambda x, y, z: x, lambda x, y, z: y),
    "x,y,z": (lambda x, y, z: x, lambda x, y, z: y, lambda x, y, z: z),
    "xy": (lambda x, y, z: x * y,),
    "x2-y2": (lambda x, y, z: x**2 - y**2,),
    "x2-y2,xy": (lambda x, y, z: x**2 - y**2, lambda x, y, z: x * y),
    "xz,yz": (lambda x, y, z: x * z, lambda x, y, z: y * z),
    "xy,xz,yz": (lambda x, y, z: x * y, lambda x, y, z: x * z, lambda x, y, z: y * z),
    "x2-y2,3z2-r2": (lambda x, y, z: x**2 - y**2, lambda x, y, z: 2 * z**2 - x**2 - y**2),
    "xyz": (lambda x, y, z: x * y * z,),
    "x3-3xy2": (lambda x, y, z: x**3 - 3 * x * y**2,),
    "3x2y-y3": (lambda x, y, z: 3 * x**2 * y - y**3,),
    "z(x3-3xy2)": (lambda x, y, z: z * (x**3 - 3 * x * y**2),),
    "xy(x2-y2)": (lambda x, y, z: x * y * (x**2 - y**2),),
    "zxy(x2-y2)": (lambda x, y, z: z * x * y * (x**2 - y**2),),
}
SPECIES = [
    *(("Ci", "1", "Ag"), ("Ci", "z", "Au"), ("C2v", "xy", "A2"), ("C2v", "z", "A1")),
    *(("C2h", "z", "Au"), ("C2h", "xz,yz", "Bg"), ("D2", "z", "B1"), ("D2h", "xyz", "Au")),
    *(("C3v", "z", "A1"), ("C3v", "x,y", "E"), ("C3v", "3x2y-y3", "A2"), ("C3v", "x3-3xy2", "A1")),
    *(("D3", "z", "A2"), ("D3", "x3-3xy2", "A1"), ("D3", "3x2y-y3", "A2"), ("C3", "x,y", "E")),
    *(("D3h", "z", "A2''"), ("D3h", "x,y", "E'"), ("D3h", "xz,yz", "E''")),
    *(("D3h", "x3-3xy2", "A1'"), ("D3h", "3x2y-y3", "A2'"), ("D3h", "z(x3-3xy2)", "A2''")),
    *(("C3h", "z", "A''"), ("C3h", "x3-3xy2", "A'"), ("D3d", "z", "A2u"), ("D3d", "xz,yz", "Eg")),
    *(("C4v", "x2-y2", "B1"), ("C4v", "xy", "B2"), ("C4v", "xy(x2-y2)", "A2"), ("S4", "z", "B")),
    *(("D4", "x2-y2", "B1"), ("D4", "xy", "B2"), ("D2d", "x2-y2", "B1"), ("D2d", "xy", "B2")),
    *(("D2d", "z", "B2"), ("D4h", "x2-y2", "B1g"), ("D4h", "xy", "B2g"), ("D4h", "xyz", "B1u")),
    *(("D4h", "z", "A2u"), ("D4h", "zxy(x2-y2)", "A1u"), ("D4h", "xy(x2-y2)", "A2g")),
    *(("C5v", "x,y", "E1"), ("C5v", "x2-y2,xy", "E2"), ("D5h", "x,y", "E1'")),
    *(("C6v", "x2-y2,xy", "E2"), ("C6v", "x3-3xy2", "B1"), ("C6v", "3x2y-y3", "B2")),
    *(("D6h", "x,y", "E1u"), ("D6h", "x2-y2,xy", "E2g"), ("D6h", "xz,yz", "E1g")),
    *(("D6h", "x3-3xy2", "B1u"), ("D6h", "3x2y-y3", "B2u"), ("D6h", "z(x3-3xy2)", "B2g")),
    *(("Td", "x,y,z", "T2"), ("Td", "xyz", "A1"), ("Td", "x2-y2,3z2-r2", "E")),
    *(("O", "x,y,z", "T1"), ("O", "xyz", "A2"), ("O", "xy,xz,yz", "T2"), ("T", "x,y,z", "T")),
    *(("Oh", "x,y,z", "T1u"), ("Oh", "xyz", "A2u"), ("Oh", "xy,xz,yz", "T2g"), ("Oh", "1", "A1g")),
]


def character(matrices, functions):
    """Of the span of functions, by least squares at random points."""
    points = np.random.default_rng(3).normal(size=(3, 60))
    values = np.array([f(*points) for f in functions]).T
    traces = []
    for matrix in matrices:
        moved = np.array([f(*(matrix.T @ points)) for f in functions]).T
        turned = np.linalg.lstsq(values, moved, rcond=None)[0]
        assert np.abs(values @ turned - moved).max() < 1e-8, "the functions are no species"
        traces.append(np.trace(turned))
    return np.array(traces)


@pytest.mark.parametrize(("name", "functions", "species"), SPECIES)
def test_species(name, functions, species):
    matrices = group(*GROUPS[name])
    chi = character(matrices, FUNCTIONS[functions])
    many = len(FUNCTIONS[functions])
    if name == "C2h" and many == 2:  # two functions of one species
        chi = chi / 2
        many = 1

    rng = np.random.default_rng(5)
    orders = [np.arange(len(chi)), *(rng.permutation(len(chi)) for _ in range(6))]
    assert {label(matrices[k], chi[k], many) for k in orders} == {species}

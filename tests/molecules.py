"""Small molecules of high symmetry, in small basis sets."""

import numpy as np

import vibronic as vb

_T = 1.09 / np.sqrt(3)
_RING = np.array([[np.cos(t), np.sin(t), 0.0] for t in np.arange(6) * np.pi / 3])
_THREE = np.array([[np.cos(t), np.sin(t), 0.0] for t in np.arange(3) * 2 * np.pi / 3])
GEOMETRIES = {
    "water": ("OHH", [[0, 0, 0.117], [0, 0.757, -0.469], [0, -0.757, -0.469]]),
    "ammonia": (
        "NHHH",
        [[0, 0, 0.1], [0, 0.937, -0.27], [0.8115, -0.4685, -0.27], [-0.8115, -0.4685, -0.27]],
    ),
    "methane": (
        "CHHHH",
        [[0, 0, 0], [_T, _T, _T], [_T, -_T, -_T], [-_T, _T, -_T], [-_T, -_T, _T]],
    ),
    "allene": (
        "CCCHHHH",
        [
            [0, 0, 0],
            [0, 0, 1.31],
            [0, 0, -1.31],
            [0, 0.92, 1.87],
            [0, -0.92, 1.87],
            [0.92, 0, -1.87],
            [-0.92, 0, -1.87],
        ],
    ),
    "ethylene": (
        "CCHHHH",
        [
            [0, 0, 0.666],
            [0, 0, -0.666],
            *([0, y, z] for z in (1.23, -1.23) for y in (0.922, -0.922)),
        ],
    ),
    "benzene": ("C" * 6 + "H" * 6, np.concatenate([1.3866 * _RING, 2.4692 * _RING])),
    "HCN": ("HCN", [[0, 0, -1.06], [0, 0, 0], [0, 0, 1.15]]),
    "nitrogen": ("NN", [[0, 0, 0], [0, 0, 1.1]]),
    "acetylene": ("HCCH", [[0, 0, -1.66], [0, 0, -0.6], [0, 0, 0.6], [0, 0, 1.66]]),
    "peroxide": ("HOOH", [[0.8, 0.5, 0.4], [0, 0.7, 0], [0, -0.7, 0], [-0.8, -0.5, 0.4]]),
    "HOF": ("HOF", [[0.95, 0.1, 0], [0, 0, 0], [0, 1.4, 0]]),
    "borane": ("BHHH", np.concatenate([[[0, 0, 0]], 1.19 * _THREE])),
    "hexafluoride": (
        "SFFFFFF",
        np.concatenate([[[0, 0, 0]], 1.56 * np.eye(3), -1.56 * np.eye(3)]),
    ),
    "ethane": (
        "CCHHHHHH",
        np.concatenate(
            [
                [[0, 0, 0.76]],
                [[0, 0, -0.76]],
                1.02 * _THREE + [0, 0, 1.16],
                -1.02 * _THREE - [0, 0, 1.16],
            ]
        ),
    ),
}
GROUPS = {
    "water": "C2v",
    "ammonia": "C3v",
    "methane": "Td",
    "allene": "D2d",
    "ethylene": "D2h",
    "benzene": "D6h",
    "HCN": "C∞v",
    "nitrogen": "D∞h",
    "acetylene": "D∞h",
    "peroxide": "C2",
    "HOF": "Cs",
    "borane": "D3h",
    "hexafluoride": "Oh",
    "ethane": "D3d",
}


def small(name, **settings):
    """The molecule called `name`."""
    symbols, coordinates = GEOMETRIES[name]
    return vb.Molecule(
        name,
        tuple(symbols),
        coordinates,
        **{"basis_set": "sto-3g", "method": "adc2", "reference": "hf", **settings},
    )

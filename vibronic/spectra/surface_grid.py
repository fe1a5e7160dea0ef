"""Adiabatic surfaces on a product grid, and how the nuclei move on one of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..doorway import Doorway
from ..hamiltonian import VibronicHamiltonian
from ..numerics import oscillator_dvr

CAP = 8.0  # standard deviations of the band above its mean, where the potential is cut off


class SurfaceGrid:
    """A product grid of oscillator DVRs, `points` (n_modes,) along the modes of a model that is
    entered through a doorway.
    """

    def __init__(self, model: VibronicHamiltonian, door: Doorway, points: tuple[int, ...]) -> None:
        self.model = model
        self.door = door
        self.axes = [_axis(n, w) for n, w in zip(points, model.frequencies, strict=True)]
        self.q = np.zeros((1, 0))
        if self.axes:
            meshes = np.meshgrid(*[axis[0] for axis in self.axes], indexing="ij")
            self.q = np.stack([mesh.ravel() for mesh in meshes], axis=-1)

    @property
    def origin(self) -> float:
        """Energy of the level that the transition starts from, eV."""
        hot = float(self.door.quanta @ self.model.frequencies)
        return self.model.zero_point_energy + hot

    def entered(self, vector: np.ndarray) -> np.ndarray:
        """The doorway on a surface of this eigenvector, (n_points,)."""
        packet = np.ones(1)
        for (_, transform, _), n in zip(self.axes, self.door.quanta, strict=True):
            packet = np.multiply.outer(packet, transform[n]).ravel()
        amplitudes = self.door.amplitudes + self.q @ self.door.slopes
        entered: np.ndarray = (amplitudes * vector).sum(axis=1) * packet
        return entered

    def operator(self, energy: np.ndarray) -> GridHamiltonian:
        """The Hamiltonian of the nuclei on a surface of this energy (n_points,), cut off far above
        the band.
        """
        mean, variance = self._band()
        highest = mean + CAP * np.sqrt(variance) + 4 * self.model.frequencies.max(initial=0.0)
        return GridHamiltonian([axis[2] for axis in self.axes], np.minimum(energy, highest))

    def adiabatic_state(self, surface: int) -> tuple[np.ndarray, np.ndarray]:
        """Energies (n_points,) and eigenvectors (n_points, n_states) of a surface; states that
        nothing couples keep surfaces of their own.
        """
        model = self.model
        coupled = np.eye(model.n_states, dtype=bool)
        for _, matrix in model.terms():
            coupled |= matrix != 0
        vertical = np.diag(model.constant)
        own = int(np.argsort(vertical, kind="stable")[surface])
        joined = np.linalg.matrix_power(coupled.astype(int), model.n_states)
        block = np.flatnonzero(joined[own])
        order = block[np.argsort(vertical[block], kind="stable")]

        energies, vectors = np.linalg.eigh(model.potential(self.q)[:, block[:, None], block])
        rank = int(np.flatnonzero(order == own)[0])
        vector = np.zeros((len(self.q), model.n_states))
        vector[:, block] = vectors[:, :, rank]
        signs = np.where(vector[:, own] < 0, -1.0, 1.0)

        return energies[:, rank], vector * signs[:, None]

    def _band(self) -> tuple[float, float]:
        """Highest mean and largest variance of the bands of the states entered, counted from the
        bottom of the reference potential.
        """
        plain = replace(self.model, higher=())
        bands = [plain.band_moments(int(i)) for i in self.door.states]
        return max(band[0] for band in bands) + self.origin, max(band[1] for band in bands)


class GridHamiltonian:
    """Kinetic energies along every axis of a product grid, and a potential at its points."""

    def __init__(self, kinetic: list[np.ndarray], potential: np.ndarray) -> None:
        self.kinetic = kinetic
        self.potential = potential.astype(np.float32)

    def matvec(self, x: np.ndarray) -> np.ndarray:
        """H x: the axes are turned round one by one, so that every product is one of matrices."""
        total: np.ndarray = self.potential * x
        for matrix in self.kinetic:
            x = x.reshape(len(matrix), -1)
            total = (total.reshape(x.shape) + matrix @ x).T.ravel()
            x = x.T.ravel()
        return total


def _axis(n: int, frequency: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points (n,), levels in them (n, n), and the kinetic energy (n, n) of an oscillator DVR of n
    levels.
    """
    points, transform = oscillator_dvr(n)
    energy = transform.T @ np.diag(frequency * (np.arange(n) + 0.5)) @ transform
    kinetic = energy - np.diag(frequency * points**2 / 2)
    return points, transform, kinetic.astype(np.float32)

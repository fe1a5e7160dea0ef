"""Which modes stand where on a binary tree: the electronic states at its root, modes at its
leaves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from ..door import public
from ..hamiltonian import VibronicHamiltonian

ALONE = 14  # levels from which on a mode is a leaf of its own
LEAF = 120  # functions of a leaf of two modes, at most


@dataclass(frozen=True)
class Branch:
    """A part of the tree: its `modes`, and two `children`, or none for a leaf."""

    modes: tuple[int, ...]
    children: tuple[Branch, ...] = ()

    @property
    def is_leaf(self) -> bool:
        """True where the modes' own functions are kept."""
        return not self.children


def joined(left: Branch, right: Branch) -> Branch:
    """Both under a new node."""
    return Branch((*left.modes, *right.modes), (left, right))


@public
def topology(model: VibronicHamiltonian, levels: Sequence[int]) -> Branch:
    """The tree of a model whose modes have so many levels.

    Modes that terms of the potential join stand together, in an order in which neighbours are
    coupled most; those of many levels alone, the others in pairs; closed groups of modes, which
    meet in the electronic states alone, hang together as late as possible.
    """
    couplings = mode_couplings(model)
    count, group = connected_components(csr_array(couplings > 0), directed=False)
    parts = []
    for k in range(count):
        members = np.flatnonzero(group == k)
        ordered = members[_in_line(couplings[np.ix_(members, members)])]
        parts += [_balanced(_leaves(ordered, levels))]

    loose = [branch.modes[0] for branch in parts if len(branch.modes) == 1]
    tied = [branch for branch in parts if len(branch.modes) > 1]
    return _balanced([*tied, *_leaves(np.array(loose, dtype=int), levels)])


def mode_couplings(model: VibronicHamiltonian) -> np.ndarray:
    """How strongly terms of the potential join two modes, (n_modes, n_modes), eV."""
    found = np.zeros((model.n_modes, model.n_modes))
    for powers, matrix in model.terms():
        size = float(np.abs(matrix).max())
        for m in powers:
            for n in powers:
                if m != n:
                    found[m, n] += size
    return found


def _in_line(couplings: np.ndarray) -> np.ndarray:
    """An order in which coupled modes are neighbours: that of the second eigenvector of the
    graph's Laplacian.
    """
    if len(couplings) < 3:
        return np.arange(len(couplings))
    laplacian = np.diag(couplings.sum(axis=1)) - couplings
    vector = np.linalg.eigh(laplacian)[1][:, 1]
    return np.argsort(vector * np.sign(vector[np.argmax(np.abs(vector))]), kind="stable")


def _leaves(modes: np.ndarray, levels: Sequence[int]) -> list[Branch]:
    """Leaves of one or two neighbouring modes."""
    found: list[Branch] = []
    waiting: list[int] = []
    for m in modes.tolist():
        pair = [*waiting, m]
        if levels[m] >= ALONE or prod(levels[n] for n in pair) > LEAF:
            found += [Branch((n,)) for n in pair]
            waiting = []
        elif waiting:
            found.append(Branch(tuple(pair)))
            waiting = []
        else:
            waiting = [m]
    return [*found, *(Branch((n,)) for n in waiting)]


def _balanced(branches: list[Branch]) -> Branch:
    """One branch of them all, halved again and again."""
    if len(branches) == 1:
        return branches[0]
    half = (len(branches) + 1) // 2
    return joined(_balanced(branches[:half]), _balanced(branches[half:]))

"""A molecule's Hamiltonian made here, told whole: Koopmans' beside it, isotopes, doubts."""

from .hamiltonian import AbInitioHamiltonian, hamiltonian

__all__ = ["AbInitioHamiltonian", "hamiltonian"]

"""TDDFT and TDHF."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from ..scf import mean_field_title
from .linear_response import LinearResponse
from .method import register


@register
@dataclass(frozen=True)
class TDDFT(LinearResponse):
    """Full linear response, or time-dependent Hartree-Fock without a `functional`; overlaps from
    the excitations X alone.

    M. E. Casida, in Recent Advances in Density Functional Methods I (1995),
    doi:10.1142/9789812830586_0005
    """

    name: ClassVar[str] = "tddft"

    @property
    def title(self) -> str:
        """As printed."""
        return f"TD-{mean_field_title(self.field)}" if self.field else "TDHF"

    def solver(self, mf: Any) -> Any:
        from pyscf import tdscf

        return tdscf.TDDFT(mf) if self.field else tdscf.TDHF(mf)

"""TDA and CIS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from ..scf import mean_field_title
from .linear_response import LinearResponse
from .method import register


@register
@dataclass(frozen=True)
class TDA(LinearResponse):
    """Tamm-Dancoff time-dependent density functional theory, or CIS without a `functional` (or
    with "hf").

    S. Hirata, M. Head-Gordon, Chem. Phys. Lett. 314, 291 (1999), doi:10.1016/S0009-2614(99)01149-5
    """

    name: ClassVar[str] = "tda"

    @property
    def title(self) -> str:
        """As printed."""
        return f"TDA-{mean_field_title(self.field)}" if self.field else "CIS"

    def solver(self, mf: Any) -> Any:
        from pyscf import tdscf

        return tdscf.TDA(mf)

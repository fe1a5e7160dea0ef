"""Ways to integrate the time-dependent Schrödinger equation; each is an integrator of QuTiP's `sesolve`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..checks import check_positive


@dataclass(frozen=True)
class Chebyshev:
    """Chebyshev series of exp(-iHt); `tolerance` is the size of the terms left out."""

    tolerance: float = 1e-8

    def __post_init__(self) -> None:
        check_positive("tolerance", self.tolerance)

    def options(self) -> dict[str, Any]:
        """Options of `qutip.sesolve`."""
        from . import integrators  # noqa: F401  registers the integrator with QuTiP

        return {"method": "chebyshev", "atol": self.tolerance}


@dataclass(frozen=True)
class QutipIntegrator:
    """One of QuTiP's own integrators (`vern7`, `adams`, ...), the independent second road."""

    name: str = "vern7"
    atol: float = 1e-10
    rtol: float = 1e-8

    def options(self) -> dict[str, Any]:
        """Options of `qutip.sesolve`."""
        return {"method": self.name, "atol": self.atol, "rtol": self.rtol, "nsteps": 10_000_000}

"""Ways to integrate the time-dependent Schrödinger equation; each is an integrator of QuTiP's
`sesolve`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..checks import check_positive


@dataclass(frozen=True)
class Chebyshev:
    """Chebyshev series of exp(-iHt); `tolerance` is the size of the terms left out, `memory`
    (bytes) what outputs may take.
    """

    tolerance: float = 1e-8
    memory: float = 1e9

    def __post_init__(self) -> None:
        check_positive("tolerance", self.tolerance)
        check_positive("memory", self.memory, "bytes")

    def options(self) -> dict[str, Any]:
        """Options of `qutip.sesolve`."""
        from . import integrators  # noqa: F401  registers the integrator with QuTiP

        return {"method": "chebyshev", "atol": self.tolerance, "memory": self.memory}


@dataclass(frozen=True)
class Lanczos:
    """One Krylov space for all times, as long as `memory` (bytes) allows; `tolerance` is the error
    of the wavepacket at the end.
    """

    tolerance: float = 1e-6
    memory: float = 2e9

    def __post_init__(self) -> None:
        check_positive("tolerance", self.tolerance)
        check_positive("memory", self.memory, "bytes")

    def options(self) -> dict[str, Any]:
        """Options of `qutip.sesolve`."""
        from . import integrators  # noqa: F401

        return {"method": "lanczos", "atol": self.tolerance, "memory": self.memory}


@dataclass(frozen=True)
class ShortIterativeLanczos:
    """Krylov spaces of at most `dimension` vectors, each used for as long as its error allows."""

    tolerance: float = 1e-8
    dimension: int = 24

    def __post_init__(self) -> None:
        check_positive("tolerance", self.tolerance)
        check_positive("dimension", self.dimension)

    def options(self) -> dict[str, Any]:
        """Options of `qutip.sesolve`."""
        from . import integrators  # noqa: F401

        return {"method": "lanczos", "atol": self.tolerance, "krylov_dim": self.dimension}


@dataclass(frozen=True)
class QutipIntegrator:
    """One of QuTiP's own integrators (`vern7`, `adams`, ...), the independent second road."""

    name: str = "vern7"
    atol: float = 1e-10
    rtol: float = 1e-8

    def options(self) -> dict[str, Any]:
        """Options of `qutip.sesolve`."""
        return {"method": self.name, "atol": self.atol, "rtol": self.rtol, "nsteps": 10_000_000}


Method = Chebyshev | Lanczos | ShortIterativeLanczos | QutipIntegrator

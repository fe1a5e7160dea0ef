"""ADC(2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .adc import ElectronPropagator
from .method import register


@register
@dataclass(frozen=True)
class ADC2(ElectronPropagator):
    """Second order: cheap, good couplings, energies 0.3-1 eV low."""

    name: ClassVar[str] = "adc2"
    label: ClassVar[str] = "ADC(2)"
    order: ClassVar[str] = "adc(2)"

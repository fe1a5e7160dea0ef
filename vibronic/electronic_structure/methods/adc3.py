"""ADC(3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .adc import ElectronPropagator
from .adc2 import ADC2
from .method import register
from .states_method import StatesMethod


@register
@dataclass(frozen=True)
class ADC3(ElectronPropagator):
    """Third order: energies good to 0.2-0.3 eV."""

    name: ClassVar[str] = "adc3"
    label: ClassVar[str] = "ADC(3)"
    order: ClassVar[str] = "adc(3)"

    @property
    def step_check(self) -> StatesMethod:
        return ADC2()

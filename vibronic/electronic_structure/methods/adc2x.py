"""ADC(2)-x."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .adc import ElectronPropagator
from .adc2 import ADC2
from .method import register
from .states_method import StatesMethod


@register
@dataclass(frozen=True)
class ADC2x(ElectronPropagator):
    """Extended second order: satellites to first order, energies still low."""

    name: ClassVar[str] = "adc2x"
    label: ClassVar[str] = "ADC(2)-x"
    order: ClassVar[str] = "adc(2)-x"

    @property
    def step_check(self) -> StatesMethod:
        return ADC2()

"""Levels of theory of ionized and excited states, one file each: a new one is a line here.

The order is that of messages and of help.
"""

# ruff: noqa: I001

from .koopmans import Koopmans as Koopmans
from .adc2 import ADC2 as ADC2
from .adc2x import ADC2x as ADC2x
from .adc3 import ADC3 as ADC3
from .eom_ip_ccsd import EOMIPCCSD as EOMIPCCSD
from .composite import Composite as Composite
from .tda import TDA as TDA
from .tddft import TDDFT as TDDFT
from .ee_adc2 import EEADC2 as EEADC2
from .eom_ee_ccsd import EOMEECCSD as EOMEECCSD
from .sa_casscf import SACASSCF as SACASSCF

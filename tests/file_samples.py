"""Small files in the formats of other programs, written from the definition of each, and how to
read them.
"""

from dataclasses import dataclass, field

import numpy as np

_V0 = """Geometry
O   8.0  0.00000000   0.00000000   0.22143053  15.99491464
H   1.0  0.00000000   1.43021150  -0.88572213   1.00782504
H   1.0  0.00000000  -1.43021150  -0.88572213   1.00782504
Frequencies
{frequencies}
Mass-weighted normal modes
{columns}
"""


def _reference():
    """Water with three orthonormal vectors that are no translations or rotations."""
    draw = np.random.default_rng(3)
    columns = np.zeros((9, 9))
    columns[:, 6:] = np.linalg.qr(draw.standard_normal((9, 3)))[0]
    rows = "\n".join(" ".join(f"{x:.12f}" for x in row) for row in columns)
    w = "-0.0 0 0 0 1e-9 0.0 0.0072 0.0171 0.0174"
    return _V0.format(frequencies=w, columns=rows)


SHARC_V0 = _reference()

SHARC = """V0.txt
2
epsilon
2
1 1 0.0
1 2 0.2
eta
1
1 1 2 0.004
kappa
1
1 2 7 0.01
lambda
1
1 1 2 8 0.02
gamma
4
1 1 1 7 7 0.003
1 2 2 7 8 0.001
1 2 2 8 7 0.0005
1 1 2 8 9 0.0007
"""

SHARC_WITH_SPIN = """V0.txt
2 0 1
charge 0 1 0
epsilon
3
  1   1  0.0000000000
  1   2  0.1500000000
  3   1  0.1400000000
kappa
2
  1   2    7 -1.25000e-03
  3   1    8  2.00000e-03
lambda
0
SOC R
0 0 0 1e-4 0
0 0 0 0 0
0 0 0 0 0
1e-4 0 0 0 0
0 0 0 0 0
DMX R
0.3 0.5 0 0 0
0.5 0.1 0 0 0
0 0 0 0 0
0 0 0 0 0
0 0 0 0 0
DMZ R
0 -0.25 0 0 0
-0.25 0 0 0 0
0 0 0 0 0
0 0 0 0 0
0 0 0 0 0
"""

MCTDH = """OP_DEFINE-SECTION
title
two states, two modes # and a sign
end-title
end-op_define-section

PARAMETER-SECTION
w1 = 0.1 , ev   # a comment
w2=0.2,eV
half = 0.5
delta = 1.0d-1 , ev
lam = 0.03, ev
kap = 0.02, au
big = 4*half
unused = 7.0 , debye
end-parameter-section

HAMILTONIAN-SECTION
-----------------------------
modes | x | el
modes | y |
-----------------------------
1.00*w1 |1 KE
w2      |3 KE
0.5*w1  |1 q^2
half*w2 |3 q*q
-delta  |2 S1&1
delta   |2 S2&2
lam     |2 S1&2 |3 q
0.5*kap |1 q    |2 S2&2
1.0/4.0*lam |1 q^2 |2 S1&1
big*lam |1 q |3 q |2 S2&2
0.1*lam |1 q^3 |2 Z1&2
#lam |1 q |2 S1&2
0.1*lam |1 q*q^2 |2 Z2&1
END-HAMILTONIAN-SECTION
end-operator
anything after the end
"""


MCTDH_TABLE = """PARAMETER-SECTION
w1 = 0.1, ev
w2 = 0.2, ev
lam = 0.03, ev
end-parameter-section
HAMILTONIAN-SECTION
modes | el | x | y | Time
w1 | 1 | KE | 1 | 1
w2 | 1 | 1 | KE | 1
0.5*w1 | 1 | q^2 | 1 | 1
0.5*w2 | 1 | 1 | q^2 | 1
0.4*w1 | S2&2 | 1 | 1 | 1
lam | S1&2 | q | q^2 | 1
end-hamiltonian-section
end-operator
"""
MCTDH_NUMBERS = """PARAMETER-SECTION
w1 = 0.1, ev
w2 = 0.2, ev
lam = 0.03, ev
end-parameter-section
HAMILTONIAN-SECTION
modes | x | y | el
w1 |1 KE
w2 |2 KE
0.5*w1 |1 q^2
0.5*w2 |2 q^2
0.4*w1 |3 S2&2
lam |3 S1&2 |1 q |2 q^2
end-hamiltonian-section
end-operator
"""
NOMAD = """PARAMETER-SECTION
W1 = 0.1, ev
w2 = 0.2, ev
lam = 0.03, ev
end-parameter-section
HAMILTONIAN-SECTION
modes | x | y
w1 |1 KE
w2 |2 KE
0.5*w1 1^2 S1&1
0.5*w1 1^2 S2&2
0.5*w2 2^2 S1&1
0.5*w2 2^2 S2&2
0.4*w1 S2&2
lam 1^1 2^2 S1&2
end-hamiltonian-section
end-operator
"""


MCTDH_MORSE = """PARAMETER-SECTION
w = 0.1, ev
d = 2.0, ev
e0 = -0.3, ev
end-parameter-section
LABELS-SECTION
v = morse1[d,0.3,0.4,e0]
end-labels-section
HAMILTONIAN-SECTION
modes | x
w |1 KE
1.0 |1 v
end-hamiltonian-section
end-operator
"""


MCTDH_NEUTRAL = """PARAMETER-SECTION
w1 = 0.2, ev
EH_s01 = 9.9 , ev
EH_s02 = -0.1 , ev
k = 0.05, ev
Ex = 0.3
end-parameter-section
HAMILTONIAN-SECTION
modes | el | v1
1.0*w1 |2 KE
0.5*w1 |2 q^2
EH_s01 |1 S1&1
EH_s02 |1 S2&2
k |1 S1&1 |2 q
end-hamiltonian-section
HAMILTONIAN-SECTION_Ex
modes | el | v1
Ex |1 S2&1
end-hamiltonian-section
end-operator
"""


@dataclass(frozen=True)
class Sample:
    """A file `name` with its `text`, the files `beside` it, and the `options` it is read with."""

    name: str
    text: str
    options: dict = field(default_factory=dict)
    beside: dict = field(default_factory=dict)


SAMPLES = {
    "sharc": [
        Sample("LVC.template", SHARC, beside={"V0.txt": SHARC_V0}),
        Sample("LVC.template", SHARC_WITH_SPIN, beside={"V0.txt": SHARC_V0}),
    ],
    "sharc-v0": [Sample("V0.txt", SHARC_V0)],
    "mctdh": [
        *(Sample("x.op", text) for text in (MCTDH, MCTDH_TABLE, NOMAD, MCTDH_MORSE)),
        Sample("x.op", MCTDH_NEUTRAL, {"ground_state": 2}),
    ],
}

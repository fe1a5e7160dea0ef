"""The numba kernels themselves. Slices of known length, and no negative index arithmetic, keep the
loops vectorised.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from .compiled import announce_compilation

announce_compilation()
compiled = njit(
    fastmath={"nsz", "arcp", "contract", "reassoc"},
    boundscheck=False,
    error_model="numpy",
    nogil=True,
    cache=True,
)


@compiled
def csr_real(first, last, indptr, indices, data, x, out, scale, shift, add):  # type: ignore[no-untyped-def]
    """out = scale (A - shift) x + add out for a real vector."""
    for i in range(first, last):
        start = indptr[i]
        stop = indptr[i + 1]
        values = data[start:stop]
        columns = indices[start:stop]
        total = x.dtype.type(0)
        for k in range(stop - start):
            total += values[k] * x[np.uint64(columns[k])]
        total = scale * (total - shift * x[i])
        out[i] = total if add == 0 else total + add * out[i]


@compiled
def csr_complex(first, last, indptr, indices, data, x, out, scale, shift, add):  # type: ignore[no-untyped-def]
    """The same for a complex vector given as real pairs (n, 2)."""
    for i in range(first, last):
        start = indptr[i]
        stop = indptr[i + 1]
        values = data[start:stop]
        columns = indices[start:stop]
        real = imaginary = x.dtype.type(0)
        for k in range(stop - start):
            column = np.uint64(columns[k])
            value = values[k]
            real += value * x[column, 0]
            imaginary += value * x[column, 1]
        real = scale * (real - shift * x[i, 0])
        imaginary = scale * (imaginary - shift * x[i, 1])
        out[i, 0] = real if add == 0 else real + add * out[i, 0]
        out[i, 1] = imaginary if add == 0 else imaginary + add * out[i, 1]


@compiled
def _diagonal(out, x, at, length, diagonal, energy, scale, add):  # type: ignore[no-untyped-def]
    o = out[at : at + length]
    y = x[at : at + length]
    if add == 0:
        for k in range(length):
            o[k] = scale * (energy + diagonal[k]) * y[k]
    else:
        for k in range(length):
            o[k] = scale * (energy + diagonal[k]) * y[k] + add * o[k]


@compiled
def _diagonal_and_2(out, x, at, length, diagonal, energy, scale, add, b0, b1, f0, f1):  # type: ignore[no-untyped-def]
    o = out[at : at + length]
    y = x[at : at + length]
    y0 = x[b0 : b0 + length]
    y1 = x[b1 : b1 + length]
    if add == 0:
        for k in range(length):
            o[k] = scale * (energy + diagonal[k]) * y[k] + f0 * y0[k] + f1 * y1[k]
    else:
        for k in range(length):
            o[k] = scale * (energy + diagonal[k]) * y[k] + add * o[k] + f0 * y0[k] + f1 * y1[k]


@compiled
def _diagonal_and_4(  # type: ignore[no-untyped-def]
    out, x, at, length, diagonal, energy, scale, add, b0, b1, b2, b3, f0, f1, f2, f3
):
    o = out[at : at + length]
    y = x[at : at + length]
    y0 = x[b0 : b0 + length]
    y1 = x[b1 : b1 + length]
    y2 = x[b2 : b2 + length]
    y3 = x[b3 : b3 + length]
    if add == 0:
        for k in range(length):
            o[k] = (
                scale * (energy + diagonal[k]) * y[k]
                + f0 * y0[k]
                + f1 * y1[k]
                + f2 * y2[k]
                + f3 * y3[k]
            )
    else:
        for k in range(length):
            o[k] = (
                scale * (energy + diagonal[k]) * y[k]
                + add * o[k]
                + f0 * y0[k]
                + f1 * y1[k]
                + f2 * y2[k]
                + f3 * y3[k]
            )


@compiled
def _constant_1(out, x, at, length, b, f):  # type: ignore[no-untyped-def]
    o = out[at : at + length]
    y = x[b : b + length]
    for k in range(length):
        o[k] += f * y[k]


@compiled
def _constant_2(out, x, at, length, b, c, f, g):  # type: ignore[no-untyped-def]
    o = out[at : at + length]
    y = x[b : b + length]
    z = x[c : c + length]
    for k in range(length):
        o[k] += f * y[k] + g * z[k]


@compiled
def _constant_4(out, x, at, length, b0, b1, b2, b3, f0, f1, f2, f3):  # type: ignore[no-untyped-def]
    o = out[at : at + length]
    y0 = x[b0 : b0 + length]
    y1 = x[b1 : b1 + length]
    y2 = x[b2 : b2 + length]
    y3 = x[b3 : b3 + length]
    for k in range(length):
        o[k] += f0 * y0[k] + f1 * y1[k] + f2 * y2[k] + f3 * y3[k]


@compiled
def _varying_1(out, x, at, length, d, b, f):  # type: ignore[no-untyped-def]
    o = out[at : at + length]
    e = d[:length]
    y = x[b : b + length]
    for k in range(length):
        o[k] += e[k] * (f * y[k])


@compiled
def _varying_2(out, x, at, length, d, b, c, f, g):  # type: ignore[no-untyped-def]
    o = out[at : at + length]
    e = d[:length]
    y = x[b : b + length]
    z = x[c : c + length]
    for k in range(length):
        o[k] += e[k] * (f * y[k] + g * z[k])


@compiled
def _varying_4(out, x, at, length, d, b0, b1, b2, b3, f0, f1, f2, f3):  # type: ignore[no-untyped-def]
    o = out[at : at + length]
    e = d[:length]
    y0 = x[b0 : b0 + length]
    y1 = x[b1 : b1 + length]
    y2 = x[b2 : b2 + length]
    y3 = x[b3 : b3 + length]
    for k in range(length):
        o[k] += e[k] * (f0 * y0[k] + f1 * y1[k] + f2 * y2[k] + f3 * y3[k])


@compiled
def rows(  # type: ignore[no-untyped-def]
    first,
    last,
    row_state,
    energies,
    starts,
    source,
    factor,
    kind,
    own,
    diagonals,
    low,
    high,
    x,
    out,
    scale,
    centre,
    add,
):
    """Rows of a product basis: each is its own diagonal plus pieces of other rows, times a number
    or along an inner diagonal.

    The pieces of one kind (kind 0: whole rows times a number) are added together, so that the
    diagonal is read once.
    """
    length = own.shape[1]
    for row in range(first, last):
        at = np.uint64(row * length)
        t = starts[row]
        stop = starts[row + 1]
        d = own[row_state[row]]
        energy = energies[row] - centre
        if stop - t >= 4 and kind[t + 3] == 0:  # kinds rise
            _diagonal_and_4(
                out,
                x,
                at,
                length,
                d,
                energy,
                scale,
                add,
                np.uint64(source[t]),
                np.uint64(source[t + 1]),
                np.uint64(source[t + 2]),
                np.uint64(source[t + 3]),
                scale * factor[t],
                scale * factor[t + 1],
                scale * factor[t + 2],
                scale * factor[t + 3],
            )
            t += 4
        elif stop - t >= 2 and kind[t + 1] == 0:
            _diagonal_and_2(
                out,
                x,
                at,
                length,
                d,
                energy,
                scale,
                add,
                np.uint64(source[t]),
                np.uint64(source[t + 1]),
                scale * factor[t],
                scale * factor[t + 1],
            )
            t += 2
        else:
            _diagonal(out, x, at, length, d, energy, scale, add)
        while t < stop:
            n = kind[t]
            width = 1
            while width < 4 and t + width < stop and kind[t + width] == n:
                width += 1
            b0 = np.uint64(source[t])
            f0 = scale * factor[t]
            if width >= 2:
                b1 = np.uint64(source[t + 1])
                f1 = scale * factor[t + 1]
            if width == 4:
                b2 = np.uint64(source[t + 2])
                f2 = scale * factor[t + 2]
                b3 = np.uint64(source[t + 3])
                f3 = scale * factor[t + 3]
            if n == 0:
                if width == 4:
                    _constant_4(out, x, at, length, b0, b1, b2, b3, f0, f1, f2, f3)
                elif width >= 2:
                    _constant_2(out, x, at, length, b0, b1, f0, f1)
                else:
                    _constant_1(out, x, at, length, b0, f0)
            else:
                d = diagonals[n, low[n] : high[n]]
                start = at + np.uint64(low[n])
                part = high[n] - low[n]
                if width == 4:
                    _varying_4(out, x, start, part, d, b0, b1, b2, b3, f0, f1, f2, f3)
                elif width >= 2:
                    _varying_2(out, x, start, part, d, b0, b1, f0, f1)
                else:
                    _varying_1(out, x, start, part, d, b0, f0)
            t += 4 if width == 4 else (2 if width >= 2 else 1)

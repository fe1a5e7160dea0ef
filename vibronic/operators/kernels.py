"""The numba kernels themselves. Slices of known length, and no negative index arithmetic, keep the
loops vectorised; what belongs together is passed as a tuple, which costs nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from .announcement import announce_compilation

announce_compilation()
settings: dict[str, Any] = {
    "fastmath": {"nsz", "arcp", "contract", "reassoc"},
    "boundscheck": False,
    "error_model": "numpy",
    "nogil": True,
    "cache": True,
}
compiled = njit(**settings)
inlined = njit(inline="always", **settings)


@compiled
def csr_real(first, last, matrix, vectors, numbers):  # type: ignore[no-untyped-def]
    """out = scale (A - shift) x + add out for a real vector; `matrix` (indptr, indices, data),
    `vectors` (x, out), `numbers` (scale, shift, add).
    """
    indptr, indices, data = matrix
    x, out = vectors
    scale, shift, add = numbers

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
def csr_complex(first, last, matrix, vectors, numbers):  # type: ignore[no-untyped-def]
    """The same for a complex vector given as real pairs (n, 2)."""
    indptr, indices, data = matrix
    x, out = vectors
    scale, shift, add = numbers

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


@inlined
def _diagonal(out, x, place, diagonal, numbers):  # type: ignore[no-untyped-def]
    """out = scale (energy + diagonal) x + add out on a row; `place` (start, length), `numbers`
    (scale, energy, add).
    """
    at, length = place
    scale, energy, add = numbers
    o = out[at : at + length]
    y = x[at : at + length]
    if add == 0:
        for k in range(length):
            o[k] = scale * (energy + diagonal[k]) * y[k]
    else:
        for k in range(length):
            o[k] = scale * (energy + diagonal[k]) * y[k] + add * o[k]


@inlined
def _diagonal_and_2(out, x, place, diagonal, numbers, b, f):  # type: ignore[no-untyped-def]
    """The same, and two other rows, which start at `b`, times `f`."""
    at, length = place
    scale, energy, add = numbers
    f0, f1 = f
    o = out[at : at + length]
    y = x[at : at + length]
    y0 = x[b[0] : b[0] + length]
    y1 = x[b[1] : b[1] + length]

    if add == 0:
        for k in range(length):
            o[k] = scale * (energy + diagonal[k]) * y[k] + f0 * y0[k] + f1 * y1[k]
    else:
        for k in range(length):
            o[k] = scale * (energy + diagonal[k]) * y[k] + add * o[k] + f0 * y0[k] + f1 * y1[k]


@inlined
def _diagonal_and_4(out, x, place, diagonal, numbers, b, f):  # type: ignore[no-untyped-def]
    """The same, and four other rows."""
    at, length = place
    scale, energy, add = numbers
    f0, f1, f2, f3 = f
    o = out[at : at + length]
    y = x[at : at + length]
    y0 = x[b[0] : b[0] + length]
    y1 = x[b[1] : b[1] + length]
    y2 = x[b[2] : b[2] + length]
    y3 = x[b[3] : b[3] + length]

    if add == 0:
        for k in range(length):
            own = scale * (energy + diagonal[k]) * y[k]
            o[k] = own + f0 * y0[k] + f1 * y1[k] + f2 * y2[k] + f3 * y3[k]
    else:
        for k in range(length):
            own = scale * (energy + diagonal[k]) * y[k] + add * o[k]
            o[k] = own + f0 * y0[k] + f1 * y1[k] + f2 * y2[k] + f3 * y3[k]


@inlined
def _constant_1(out, x, place, b, f):  # type: ignore[no-untyped-def]
    """A row times a number is added."""
    at, length = place
    o = out[at : at + length]
    y = x[b : b + length]
    for k in range(length):
        o[k] += f * y[k]


@inlined
def _constant_2(out, x, place, b, f):  # type: ignore[no-untyped-def]
    at, length = place
    f0, f1 = f
    o = out[at : at + length]
    y0 = x[b[0] : b[0] + length]
    y1 = x[b[1] : b[1] + length]
    for k in range(length):
        o[k] += f0 * y0[k] + f1 * y1[k]


@inlined
def _constant_4(out, x, place, b, f):  # type: ignore[no-untyped-def]
    at, length = place
    f0, f1, f2, f3 = f
    o = out[at : at + length]
    y0 = x[b[0] : b[0] + length]
    y1 = x[b[1] : b[1] + length]
    y2 = x[b[2] : b[2] + length]
    y3 = x[b[3] : b[3] + length]
    for k in range(length):
        o[k] += f0 * y0[k] + f1 * y1[k] + f2 * y2[k] + f3 * y3[k]


@inlined
def _varying_1(out, x, place, d, b, f):  # type: ignore[no-untyped-def]
    """Part of a row times a diagonal `d` is added."""
    at, length = place
    o = out[at : at + length]
    e = d[:length]
    y = x[b : b + length]
    for k in range(length):
        o[k] += e[k] * (f * y[k])


@inlined
def _varying_2(out, x, place, d, b, f):  # type: ignore[no-untyped-def]
    at, length = place
    f0, f1 = f
    o = out[at : at + length]
    e = d[:length]
    y0 = x[b[0] : b[0] + length]
    y1 = x[b[1] : b[1] + length]
    for k in range(length):
        o[k] += e[k] * (f0 * y0[k] + f1 * y1[k])


@inlined
def _varying_4(out, x, place, d, b, f):  # type: ignore[no-untyped-def]
    at, length = place
    f0, f1, f2, f3 = f
    o = out[at : at + length]
    e = d[:length]
    y0 = x[b[0] : b[0] + length]
    y1 = x[b[1] : b[1] + length]
    y2 = x[b[2] : b[2] + length]
    y3 = x[b[3] : b[3] + length]
    for k in range(length):
        o[k] += e[k] * (f0 * y0[k] + f1 * y1[k] + f2 * y2[k] + f3 * y3[k])


@inlined
def _two(source, factor, t, scale):  # type: ignore[no-untyped-def]
    """Starts and factors of two pieces from t on."""
    starts = (np.uint64(source[t]), np.uint64(source[t + 1]))
    return starts, (scale * factor[t], scale * factor[t + 1])


@inlined
def _four(source, factor, t, scale):  # type: ignore[no-untyped-def]
    """Of four pieces."""
    a, f = _two(source, factor, t, scale)
    b, g = _two(source, factor, t + 2, scale)
    return (a[0], a[1], b[0], b[1]), (f[0], f[1], g[0], g[1])


@inlined
def _constants(out, x, place, source, factor, some):  # type: ignore[no-untyped-def]
    """Whole rows times numbers, `some` (first, how many, scale); returns how many."""
    t, width, scale = some
    if width == 4:
        starts, factors = _four(source, factor, t, scale)
        _constant_4(out, x, place, starts, factors)
        return 4
    if width >= 2:
        two, both = _two(source, factor, t, scale)
        _constant_2(out, x, place, two, both)
        return 2
    _constant_1(out, x, place, np.uint64(source[t]), scale * factor[t])
    return 1


@inlined
def _varyings(out, x, place, d, source, factor, some):  # type: ignore[no-untyped-def]
    """Parts of rows along a diagonal; returns how many."""
    t, width, scale = some
    if width == 4:
        starts, factors = _four(source, factor, t, scale)
        _varying_4(out, x, place, d, starts, factors)
        return 4
    if width >= 2:
        two, both = _two(source, factor, t, scale)
        _varying_2(out, x, place, d, two, both)
        return 2
    _varying_1(out, x, place, d, np.uint64(source[t]), scale * factor[t])
    return 1


@compiled
def rows(first, last, table, vectors, numbers):  # type: ignore[no-untyped-def]
    """Rows of a product basis: each is its own diagonal plus pieces of other rows, times a number
    or along an inner diagonal; `table` is a `RowTable`, `vectors` (x, out), `numbers` (scale,
    centre, add).

    The pieces of one kind (kind 0: whole rows times a number) are added together, so that the
    diagonal is read once.
    """
    x, out = vectors
    scale, centre, add = numbers
    row_state, energies, begins, source, factor, kind, own, diagonals, low, high = table
    length = own.shape[1]

    for row in range(first, last):
        at = np.uint64(row * length)
        place = (at, length)
        t = begins[row]
        stop = begins[row + 1]
        d = own[row_state[row]]
        diagonal = (scale, energies[row] - centre, add)

        if stop - t >= 4 and kind[t + 3] == 0:  # kinds rise
            starts, factors = _four(source, factor, t, scale)
            _diagonal_and_4(out, x, place, d, diagonal, starts, factors)
            t += 4
        elif stop - t >= 2 and kind[t + 1] == 0:
            two, both = _two(source, factor, t, scale)
            _diagonal_and_2(out, x, place, d, diagonal, two, both)
            t += 2
        else:
            _diagonal(out, x, place, d, diagonal)

        while t < stop:
            n = kind[t]
            width = 1
            while width < 4 and t + width < stop and kind[t + width] == n:
                width += 1
            if n == 0:
                t += _constants(out, x, place, source, factor, (t, width, scale))
                continue
            part = (at + np.uint64(low[n]), high[n] - low[n])
            d = diagonals[n, low[n] : high[n]]
            t += _varyings(out, x, part, d, source, factor, (t, width, scale))

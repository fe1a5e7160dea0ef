"""Products of operators with the tensors of a tree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

Product = tuple[int, int, int, float]  # operators of three sides, and a coefficient
Operators = Sequence[np.ndarray | None]  # by number; None is the identity
Plan = Mapping[int, Mapping[int, Sequence[tuple[int, float]]]]  # leading -> last -> (middle, c)


def plan(products: Iterable[Product], leading: int) -> Plan:
    """The products in the order (leading side, middle side, last side)."""
    middle, last = (side for side in range(3) if side != leading)
    found: dict[int, dict[int, list[tuple[int, float]]]] = {}
    for product in products:
        of_leading = found.setdefault(int(product[leading]), {})
        of_leading.setdefault(int(product[last]), []).append(
            (int(product[middle]), float(product[3]))
        )
    return found


def halves(
    tensor: np.ndarray, order: Plan, middle: Operators, last: Operators, *, whole: bool = True
) -> dict[int, np.ndarray]:
    """For every operator of the leading side, the rest of its products applied to a tensor
    (n_leading, n_middle, n_last); without the identity of the leading side unless `whole`.
    """
    n_leading, n_middle, n_last = tensor.shape
    flat = tensor.reshape(n_leading * n_middle, n_last)
    ends: dict[int, np.ndarray] = {}
    found: dict[int, np.ndarray] = {}

    for leading, by_last in order.items():
        if not whole and leading == 0:
            continue
        total: np.ndarray | None = None
        for end, middles in by_last.items():
            if end not in ends:
                operator = last[end]
                ends[end] = (
                    tensor if operator is None else (flat @ operator.T).reshape(tensor.shape)
                )
            term = _of_middle(middles, middle, ends[end])
            total = term if total is None else total + term
        if total is not None:
            found[leading] = total
    return found


def _of_middle(
    middles: Sequence[tuple[int, float]], operators: Operators, tensor: np.ndarray
) -> np.ndarray:
    """A sum of operators of the middle side applied to a tensor."""
    unit = 0.0
    rest: np.ndarray | None = None
    for number, coefficient in middles:
        operator = operators[number]
        if operator is None:
            unit += coefficient
        else:
            own = coefficient * operator
            rest = own if rest is None else rest + own

    if rest is None:
        return tensor if unit == 1.0 else unit * tensor
    if unit:
        rest = rest + unit * np.eye(len(rest), dtype=rest.dtype)
    found: np.ndarray = np.matmul(rest, tensor)
    return found


def on_first(operator: np.ndarray | None, tensor: np.ndarray) -> np.ndarray:
    """An operator on the first side of a tensor."""
    if operator is None:
        return tensor
    found: np.ndarray = operator @ tensor.reshape(len(tensor), -1)
    return found.reshape(len(operator), *tensor.shape[1:])


def real_on_complex(matrices: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Real matrices (n_operators, n, n) on complex columns (n, k): (n_operators, n, k)."""
    columns = np.ascontiguousarray(columns)
    found: np.ndarray = np.matmul(matrices, columns.view(columns.real.dtype))
    return found.view(columns.dtype)

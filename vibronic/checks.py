"""Input checks made once, at the door, with messages that say what to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from numbers import Complex, Integral, Real
from typing import Any

import numpy as np


class VibronicError(Exception):
    """Anything a user can mend; the command line prints it without a traceback."""


class InputError(VibronicError, ValueError):
    """A file, an argument or a value that cannot be used as given."""


class CalculationError(VibronicError, RuntimeError):
    """A calculation that did not succeed: not converged, not a minimum, a state lost."""


def numbers(name: str, value: Any, dtype: type = float) -> np.ndarray:
    """`value` as an array of numbers; itself where it is one."""
    try:
        array: np.ndarray = np.asarray(value, dtype=dtype)
    except (TypeError, ValueError) as error:
        raise InputError(f"Argument `{name}` must be an array of numbers: {error}.") from None
    return array


def frozen_array(value: Any, name: str = "value", dtype: type = float) -> np.ndarray:
    """Return a read-only copy of `value` as a finite array of `dtype`."""
    array = np.array(numbers(name, value, dtype))
    if array.dtype.kind in "fc" and not np.all(np.isfinite(array)):
        index = [int(i) for i in np.argwhere(~np.isfinite(array))[0]]
        raise InputError(
            f"Argument `{name}` must be finite, but {name}{index or ''} is {array[tuple(index)]}."
        )
    array.setflags(write=False)
    return array


def checked_times(times: Any) -> np.ndarray:
    """Output times (fs) that increase from 0, two or more, as a read-only array."""
    found = frozen_array(times, "times")
    if found.ndim != 1 or found.size < 2 or found[0] != 0 or np.any(np.diff(found) <= 0):
        listing = f"{found.ravel()[:4].tolist()}{'...' if found.size > 4 else ''}"
        raise InputError(
            f"Argument `times` must increase from 0 (fs), but is {listing} of shape {found.shape}."
        )
    return found


def check_shape(
    name: str, array: np.ndarray, symbols: Sequence[str], expected: tuple[int, ...]
) -> None:
    """Raise unless `array` has the expected shape; `symbols` name its axes."""
    if array.shape != expected:
        axes = ", ".join(symbols) + ("," if len(symbols) == 1 else "")
        raise InputError(
            f"Argument `{name}` must have shape ({axes}) = {expected}, but has shape "
            f"{array.shape}."
        )


def check_symmetric(
    name: str, array: np.ndarray, what: str = "states", tolerance: float = 1e-10
) -> None:
    """Raise unless the last two axes of `array` are symmetric."""
    gap = np.abs(array - array.swapaxes(-1, -2))
    if gap.size and gap.max() > tolerance:
        index = [int(i) for i in np.unravel_index(int(gap.argmax()), gap.shape)]
        mirror = [*index[:-2], index[-1], index[-2]]
        raise InputError(
            f"Argument `{name}` must be symmetric in its two {what}, but {name}{index} = "
            f"{array[tuple(index)]:.6g} and {name}{mirror} = {array[tuple(mirror)]:.6g}."
        )


def check_positive(name: str, value: Any, unit: str = "") -> None:
    """Raise unless the number `value` is positive and finite."""
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, float, np.number))
        or not 0 < value < np.inf
    ):
        raise InputError(
            f"Argument `{name}` must be a positive number{' of ' + unit if unit else ''}, but "
            f"is {value!r}."
        )


ADVICE = {
    "Molecule": "`vibronic.library.molecule(name)` or `vibronic.Molecule.load(file)` gives one.",
    "NormalModes": "`vibronic.electronic_structure.normal_modes(molecule)` gives them.",
    "VibronicHamiltonian": "`vibronic.library.hamiltonian(name)` or `vibronic.load(file)` gives "
    "one, `vibronic.electronic_structure.vibronic_hamiltonian(molecule, modes)` makes one.",
    "VibronicBasis": "`vibronic.VibronicBasis(n_states, levels)` makes one.",
    "Wavepacket": "`vibronic.Wavepacket.vertical(basis, state)` makes one.",
    "Propagation": "`vibronic.dynamics.propagate(model, state, times)` gives one.",
    "StickSpectrum": "`vibronic.spectra.lanczos_spectrum(model, state)` gives one.",
    "Spectrum": "`sticks.broadened(grid, fwhm=...)` gives one.",
    "ConicalIntersection": "`vibronic.surfaces.conical_intersection(model)` gives one.",
    "Passage": "`vibronic.passage.passage(model, state, times)` gives one.",
}
MEANINGS = {"temperature": "0 or more kelvin"}
WORDS = {str: "a text", bool: "True or False", int: "an integer", float: "a number"}
NUMBERS: dict[type, type] = {float: Real, int: Integral, complex: Complex}


def check_kind(name: str, value: Any, kinds: Sequence[type], function: str = "") -> None:
    """Raise unless `value` is of one of the `kinds`; numbers of NumPy are as good as Python's."""
    if isinstance(value, tuple(kinds)) and (not isinstance(value, bool) or bool in kinds):
        return
    if any(_is_number(value, kind) for kind in kinds):
        return

    of = f" of `{function}`" if function else ""
    words = [_word(kind) for kind in kinds if kind not in (type(None), int, str)]
    if int in kinds or str in kinds:
        words.append(_index_word(int in kinds, str in kinds))
    advice = "" if int in kinds else next((f" {ADVICE[k]}" for k in _names(kinds)), "")
    expected = MEANINGS.get(name) or " or ".join(words)
    raise InputError(
        f"Argument `{name}`{of} must be {expected}, but is {described(value)}.{advice}"
    )


def _is_number(value: Any, kind: type) -> bool:
    """True for a number of a kind, also one of NumPy's; a truth value is none."""
    if kind is bool or isinstance(value, (bool, np.bool_)):
        return kind is bool and isinstance(value, np.bool_)
    plain = value.item() if isinstance(value, np.ndarray) and value.ndim == 0 else value
    return isinstance(plain, NUMBERS.get(kind, ()))


def _names(kinds: Sequence[type]) -> list[str]:
    """Names of the kinds that there is advice about."""
    return [kind.__name__ for kind in kinds if kind.__name__ in ADVICE]


def _index_word(number: bool, text: bool) -> str:
    if number and text:
        return "an index or a label"
    return WORDS[int] if number else WORDS[str]


def _word(kind: type) -> str:
    if kind.__name__ == "Sequence":
        return "a list"
    if kind.__name__ == "NormalModes":
        return kind.__name__
    return WORDS.get(kind) or f"{_article(kind.__name__)} {kind.__name__}"


def _article(word: str) -> str:
    return "an" if word[0].lower() in "aeiou" else "a"


def described(value: Any) -> str:
    """What a thing is, for a message: the kind, and the value where it is short."""
    if value is None or isinstance(value, bool):
        return repr(value)
    if isinstance(value, str):
        return f"the text {value[:60]!r}"
    if isinstance(value, (Real, np.generic)):
        return f"the number {value}"
    kind = f"{value.__name__} itself, not one of its kind" if isinstance(value, type) else ""
    return kind or f"{_article(type(value).__name__)} {type(value).__name__}"


def check_index(name: str, index: int, size: int, labels: Sequence[str] = ()) -> None:
    """Raise unless `index` counts one of `size` things from zero."""
    if not (isinstance(index, (int, np.integer)) and 0 <= index < size):
        listing = (
            f" ({', '.join(f'{k} = {label}' for k, label in enumerate(labels))})" if labels else ""
        )
        raise InputError(
            f"Argument `{name}` must be an integer from 0 to {size - 1}{listing}, but is "
            f"{index!r}."
        )


def index_of(name: str, item: int | str, labels: Sequence[str]) -> int:
    """The index of an item given by label or index."""
    if isinstance(item, str):
        check_known(name.removesuffix("s"), item, labels)
        return list(labels).index(item)
    check_index(name, item, len(labels), labels)
    return int(item)


def nearest(word: str, known: Iterable[str]) -> str:
    """A sentence suggesting the known words nearest to `word`, and naming all when they are
    few.
    """
    known = sorted(known)
    close = get_close_matches(str(word).lower(), [k.lower() for k in known], n=1, cutoff=0.5)
    guess = next((k for k in known if close and k.lower() == close[0]), None)
    text = f"Did you mean {guess!r}? " if guess else ""
    return f"{text}Known: {', '.join(known)}." if len(known) <= 25 else text.strip()


def check_known(what: str, word: str, known: Iterable[str]) -> None:
    """Raise unless `word` is one of `known`; suggest the nearest."""
    known = list(known)
    if word not in known:
        raise InputError(f"Unknown {what} {word!r}. {nearest(word, known)}")


def checked_names(
    name: str, given: Iterable[Any], count: int, *, unique: bool = False
) -> tuple[str, ...]:
    """`count` names, as texts without the sign that joins names in files."""
    names = tuple(str(v) for v in given)
    if len(names) != count:
        raise InputError(f"Argument `{name}` must name {count} items, but names {len(names)}.")
    if unique and len(set(names)) < len(names):
        raise InputError(f"Argument `{name}` must not repeat a name, but is {list(names)}.")
    if any("|" in v for v in names):
        raise InputError(
            f"Argument `{name}` must not contain the sign |, which joins names in files, but is "
            f"{list(names)}."
        )
    return names


def chosen_indices(
    name: str, chosen: Sequence[int | str] | int | str | None, labels: Sequence[str]
) -> list[int]:
    """Indices of the items chosen by label or index, each once; all of them for None."""
    if chosen is None:
        return list(range(len(labels)))

    items = [chosen] if isinstance(chosen, (str, int, np.integer)) else list(chosen)

    found = [index_of(name, item, labels) for item in items]
    if len(set(found)) < len(found):
        raise InputError(f"Argument `{name}` names one item twice: {items}.")

    return found

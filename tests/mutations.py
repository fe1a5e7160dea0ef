"""Files with something wrong in them, made from good ones by a seed, and what a reader may do with
them: give a noun, or say in one sentence what is wrong.
"""

import random
import tracemalloc
import warnings

import vibronic as vb

WORDS = (
    *("nan", "inf", "-1", "0", "1e400", "99999999999", "-0.0", "1e-320", "1.0d3", "x", "|", "#"),
    *("-", "=", "S1&2", "999", "[[", "{", "null", '"', "\x00", "\u00e4", "\n\n", ",", ";;", "|9"),
    *("1_000", "\u0661", "1e999999999", "9" * 400, "q^9999999", "*", "/0", "(", "end-operator"),
)
LARGEST = 200e6  # bytes
SLOWEST = 2.0  # s


def mutated(text: str, seed: int) -> str:
    """The text with one to three things changed: lines cut, doubled, moved or joined, words
    replaced, characters lost, the end missing.
    """
    draw = random.Random(seed)
    for _ in range(draw.randint(1, 3)):
        text = draw.choice(CHANGES)(text, draw)
    return text


def _lines(text, draw, change):
    lines = text.split("\n")
    change(lines, draw.randrange(len(lines)), draw)
    return "\n".join(lines)


def _cut(text, draw):
    return _lines(text, draw, lambda lines, k, _: lines.pop(k))


def _doubled(text, draw):
    return _lines(text, draw, lambda lines, k, _: lines.insert(k, lines[k]))


def _moved(text, draw):
    return _lines(
        text, draw, lambda lines, k, d: lines.insert(d.randrange(len(lines)), lines.pop(k))
    )


def _word(text, draw):
    def change(lines, k, d):
        words = lines[k].split(" ")
        words[d.randrange(len(words))] = d.choice(WORDS)
        lines[k] = " ".join(words)

    return _lines(text, draw, change)


def _dropped_word(text, draw):
    def change(lines, k, d):
        words = lines[k].split(" ")
        words.pop(d.randrange(len(words)))
        lines[k] = " ".join(words)

    return _lines(text, draw, change)


def _character(text, draw):
    k = draw.randrange(len(text) or 1)
    return (
        text[:k]
        + draw.choice(["", "7", "-", ".", " ", "e", "|", "\t", chr(draw.randrange(1, 256))])
        + text[k + 1 :]
    )


def _truncated(text, draw):
    return text[: draw.randrange(len(text) + 1)]


CHANGES = (
    _cut,
    _doubled,
    _moved,
    _word,
    _word,
    _word,
    _dropped_word,
    _character,
    _character,
    _truncated,
)


def outcome(path, **options):
    """The noun that `load` gives, or its InputError; anything else goes through."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", vb.formats.FormatWarning)
        try:
            return vb.load(path, **options)
        except vb.InputError as error:
            return error


def check_survives(text, name, folder, seeds, **options):
    """Every mutated file gives a noun or an InputError of one line that names the file; returns
    how many gave a noun.
    """
    path = folder / name
    good = 0
    for seed in seeds:
        path.write_text(mutated(text, seed), encoding="utf-8", errors="surrogateescape")
        try:
            found = outcome(path, **options)
        except Exception as error:
            raise AssertionError(f"seed {seed} of {name}: {error!r}") from error
        if isinstance(found, vb.InputError):
            assert "\n" not in str(found), (seed, found)
            assert str(folder) in str(found), (seed, found)
            assert len(str(found)) < 700, (seed, found)
        else:
            good += 1
    return good


def peak_memory(path, **options):
    """Bytes that reading takes at most."""
    tracemalloc.start()
    try:
        outcome(path, **options)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

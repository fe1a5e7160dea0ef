"""Who computes: local processes or a Dask cluster, and where results are kept; and `vibronic
cache`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..checks import InputError
from ..tables import Column, Table
from .app import app, friendly
from .options import CacheFolder

if TYPE_CHECKING:
    from ..campaign import Campaign

CACHE_COLUMNS = (
    Column("molecule", left=True, width=10),
    Column("level", left=True, width=26),
    Column("task", left=True, width=26),
    Column("entries"),
    Column("MB", ".2f", width=7),
)


@dataclass(frozen=True)
class Workers:
    """`--jobs`, `--dask` and `--cache`."""

    jobs: int | None = None
    dask: str | None = None
    cache: Path | None = None

    @contextmanager
    def campaign(self) -> Iterator[Campaign]:
        """A campaign on these workers."""
        from ..campaign import Cache, Campaign, dask_workers, default_folder, local_processes

        if self.jobs is not None and self.dask is not None:
            raise InputError(
                "`--jobs` counts local processes; a Dask scheduler has its own workers. Give "
                "`--jobs` or `--dask`."
            )
        kept = Cache(self.cache or default_folder())
        workers = local_processes(self.jobs) if self.dask is None else dask_workers(self.dask)
        with workers as executor:
            yield Campaign(executor, kept)


@app.command()
@friendly
def cache(
    cache: CacheFolder = None,
    clear: Annotated[bool, typer.Option("--clear", help="Remove what is listed.")] = False,
    molecule: Annotated[
        str | None,
        typer.Option(help="Only entries of this formula, as in C4H4.", show_default=False),
    ] = None,
) -> None:
    """The finished electronic structure that is kept: what there is, how large it is, and where.
    Damaged entries are computed again.
    """
    from ..campaign import Cache, default_folder

    kept = Cache(cache or default_folder())
    if cache is not None and not cache.is_dir():
        raise InputError(
            f"Option --cache: there is no folder {cache}. Leave it out for {default_folder()}."
        )

    entries = [
        e
        for e in kept.entries()
        if molecule is None or (e.inputs and _formula(e.inputs["symbols"]) == molecule)
    ]
    groups = defaultdict(list)
    for entry in entries:
        groups[_described(entry.inputs)].append(entry)

    rows = []
    for (formula, level), members in sorted(groups.items()):
        for task in sorted({e.task for e in members}):
            sizes = [e.size / 1e6 for e in members if e.task == task]
            rows.append([formula, level, task, len(sizes), sum(sizes)])

    print(Table(CACHE_COLUMNS, rows))

    total = (
        f"{len(entries)} entries, {sum(e.size for e in entries) / 1e6:.2f} MB, in {kept.folder}"
    )

    if not clear:
        print(f"{total}")
        return

    for entry in entries:
        entry.path.unlink(missing_ok=True)
    print(f"Removed {total}")


def _described(inputs: object) -> tuple[str, str]:
    if not isinstance(inputs, dict) or "symbols" not in inputs:
        return "?", "damaged or foreign"
    method = inputs.get("method") or {"name": inputs.get("functional") or "rhf"}
    level = "/".join(
        str(part)
        for part in (method["name"], method.get("functional"), inputs["basis_set"])
        if part
    )
    return _formula(inputs["symbols"]), level


def _formula(symbols: list[str]) -> str:
    from ..molecule import hill_formula

    return hill_formula(tuple(symbols))

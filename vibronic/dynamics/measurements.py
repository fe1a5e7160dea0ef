"""One propagation, with all that is measured on its way."""

from __future__ import annotations

import os

from ..bases import packet_functions
from ..door import public
from ..operators.operator import check_fit
from ..wavepacket import Wavepacket
from .checkpoint import Checkpoint, checkpoint_path, fingerprint
from .convergence import converged
from .observation import Observation
from .propagators import TreeNetwork
from .recording import Measurements, propagation, recorded
from .tree_convergence import converged_tree


@public
def measurements(
    observation: Observation, checkpoint: str | os.PathLike[str] | None = None
) -> Measurements:
    """Propagate once and measure everything on the way; a Doorway on ever larger bases, until
    populations and autocorrelation are certain to the tolerance.

    With a `checkpoint` (a .h5 file) an interrupted call saves what it has, and the same call goes
    on from there. Raises InputError for what needs more memory than the limits allow.
    """
    mark = Checkpoint(checkpoint_path(checkpoint), fingerprint(observation))
    start = observation.start
    if isinstance(start, Wavepacket):
        found = _on_its_basis(observation, start, mark)
    elif isinstance(observation.method, TreeNetwork):
        found = converged_tree(observation, start, mark)
    else:
        found = converged(observation, start, mark)
    mark.finished()
    return found


def _on_its_basis(observation: Observation, packet: Wavepacket, mark: Checkpoint) -> Measurements:
    check_fit(observation.model, packet.basis)
    functions = packet_functions(observation.model, packet)
    left = mark.found()

    record = recorded(observation, packet, functions, mark, left)
    return Measurements(propagation(observation, packet.basis, record), record.results())

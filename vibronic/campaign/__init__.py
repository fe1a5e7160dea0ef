"""Pure tasks on any `concurrent.futures.Executor`: cached on disk, resumable, within memory."""

from .cache import Cache, Entry, default_folder
from .campaign import Campaign
from .executors import dask_workers, local_processes, this_process
from .tasks import Result, Task, Terms

__all__ = [
    "Cache",
    "Campaign",
    "Entry",
    "Result",
    "Task",
    "Terms",
    "dask_workers",
    "default_folder",
    "local_processes",
    "this_process",
]

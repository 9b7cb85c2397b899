"""Finished runs kept in a dataset on the Hugging Face hub: a server that starts from nothing has them again.

A folder stays the place where runs are written and read: what the dataset has and the folder lacks is brought
back once at the start, and what is new goes there every few minutes (`huggingface_hub.CommitScheduler`). Both
happen beside the server; while the hub cannot be reached they are tried again, and the folder goes on alone.
Knows names of files; nothing of what is in them. A killed process loses what the last minutes brought.
"""

from __future__ import annotations

import logging
import os
import shutil
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx2
from huggingface_hub import CommitScheduler, HfApi
from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled, RepositoryNotFoundError

from teacache.errors import StoreError, first_line
from teacache.runs.files import unfinished_name
from teacache.runs.store import Store

FOLDER = "runs"  # in the dataset
EVERY = 5.0  # minutes between two commits
PATIENCE = (5.0, 600.0)  # seconds until the next try: at first, and at most
# Hidden files are unfinished, or are made again: extra videos, pairs, how long runs took.
LEFT_OUT = [".*", "*/.*"]
_ERRORS = (HfHubHTTPError, OfflineModeIsEnabled, httpx2.HTTPError, OSError, ValueError)
_log = logging.getLogger(__name__)


class Dataset:
    """The dataset of one store."""

    def __init__(
        self,
        store: Store,
        name: str,
        *,
        most: int | None = None,
        every: float = EVERY,
        patience: tuple[float, float] = PATIENCE,
        api: HfApi | None = None,
    ):
        """`name`: "owner/name", made private if it is not there. `most`: newest runs that are brought back.

        `every`: minutes. `api`: whose token and address are used (default: as the environment says).
        """
        self._store, self._name, self._most = store, name, most
        self._every, self._patience = every, patience
        self._api = api or HfApi()
        self._scheduler: CommitScheduler | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._begin, name="teacache-dataset", daemon=True)

    def start(self) -> None:
        """Begin, beside whoever calls."""
        self._thread.start()

    def stop(self) -> None:
        """Send what is new, and end. Raises what the hub's client raises where that is refused."""
        self._stop.set()
        self._thread.join()
        if self._scheduler is not None:
            self._scheduler.trigger().result()
            self._scheduler.stop()

    def _begin(self) -> None:
        pause, longest = self._patience
        back: list[str] = []  # of every try: what came back is not sent again
        while not self._stop.is_set():
            try:
                back += self.bring_back()
                _log.info("%d runs came back from the dataset %s", len(back), self._name)
                self._scheduler = self._scheduled(back)
                return
            except _ERRORS as error:
                _log.warning(
                    "The dataset %s cannot be used (%s): runs are kept in the folder alone until it can.",
                    self._name,
                    first_line(error, 300),
                )
            self._stop.wait(pause)
            pause = min(2 * pause, longest)

    def bring_back(self) -> list[str]:
        """Read the newest runs that the folder lacks, each whole or not at all; returns their ids.

        Raises what the hub's client raises where it cannot be asked; there is nothing to bring from a dataset
        that does not exist.
        """
        missing = self._missing()
        if not missing:
            return []
        self._store.folder.mkdir(parents=True, exist_ok=True)
        place = self._store.folder / unfinished_name("dataset")
        try:
            self._api.snapshot_download(
                self._name,
                repo_type="dataset",
                local_dir=place,
                allow_patterns=[f"{FOLDER}/{run_id}/*" for run_id in missing],
            )
            return [run_id for run_id in missing if self._take(place / FOLDER / run_id)]
        finally:
            shutil.rmtree(place, ignore_errors=True)

    def _missing(self) -> list[str]:
        """Ids in the dataset that the folder lacks, the newest `most` of them; ids begin with their time."""
        try:
            names = self._api.list_repo_files(self._name, repo_type="dataset")
        except RepositoryNotFoundError:
            return []
        paths = (Path(name).parts for name in names)
        there = {parts[1] for parts in paths if len(parts) == 3 and parts[0] == FOLDER}
        newest = sorted(filter(self._store.is_name, there), reverse=True)[: self._most]
        return [run_id for run_id in newest if not (self._store.folder / run_id).exists()]

    def _take(self, folder: Path) -> bool:
        """Put a run in its place in one step, if it is whole."""
        try:
            Store(folder.parent).load(folder.name)
            os.replace(folder, self._store.folder / folder.name)
        except (StoreError, OSError) as error:
            _log.warning("run %s did not come back from the dataset: %s", folder.name, error)
            return False
        return True

    def _scheduled(self, back: list[str]) -> CommitScheduler:
        uploaded = [file for run_id in back for file in (self._store.folder / run_id).glob("*")]
        return _Scheduler(
            known={file.resolve(): file.stat().st_mtime for file in uploaded},
            repo_id=self._name,
            repo_type="dataset",
            folder_path=self._store.folder,
            path_in_repo=FOLDER,
            every=self._every,
            private=True,
            ignore_patterns=LEFT_OUT,
            hf_api=self._api,
        )


class _Scheduler(CommitScheduler):
    """One that does not send back what came from the dataset."""

    def __init__(self, *, known: Mapping[Path, float], **options: Any):
        self._known = dict(known)
        super().__init__(**options)

    def push_to_hub(self) -> Any:
        """Commit what is new."""
        self.last_uploaded |= self._known
        self._known = {}
        return super().push_to_hub()

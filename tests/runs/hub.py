"""The hub's API as far as a dataset of runs needs it, over HTTP on this machine; it fails when told to."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

COMMIT = "c" * 40


@dataclass
class Hub:
    """One dataset, and what it was asked."""

    name: str = "somebody/runs"
    address: str = ""
    exists: bool = True
    files: dict[str, bytes] = field(default_factory=dict)
    commits: list[list[str]] = field(default_factory=list)  # the paths of each
    refuse: list[tuple[str, int]] = field(default_factory=list)  # (part of an address, status), once each
    visibility: str = ""  # as it was asked to be made
    tokens: set[str] = field(default_factory=set)


@contextmanager
def serving(hub: Hub) -> Iterator[Hub]:
    """The hub on a port of this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Answers,), {"hub": hub}))
    hub.address = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()


class _Answers(BaseHTTPRequestHandler):
    hub: Hub
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._route()

    do_HEAD = do_POST = do_GET

    def _route(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        body, path = self.rfile.read(length), unquote(urlsplit(self.path).path)
        self.hub.tokens.add(self.headers.get("authorization", ""))
        refused = next((one for one in self.hub.refuse if one[0] in path), None)
        if refused:
            self.hub.refuse.remove(refused)
            return self._json({"error": "not now"}, refused[1])
        if path == "/api/repos/create":
            self.hub.exists, self.hub.visibility = True, json.loads(body)["visibility"]
            return self._json({"url": f"{self.hub.address}/datasets/{self.hub.name}", "id": self.hub.name})
        if not self.hub.exists:
            return self._json({"error": "not found"}, 404, {"X-Error-Code": "RepoNotFound"})
        return self._of_the_dataset(path.split(f"/{self.hub.name}", 1)[1], body)

    def _of_the_dataset(self, path: str, body: bytes) -> None:
        what = path.strip("/").split("/", 2)
        match what[0]:
            case "resolve":
                return self._file(what[2])
            case "tree":
                return self._json([_entry(path, data) for path, data in self.hub.files.items()])
            case "preupload":
                asked = json.loads(body)["files"]
                plain = {"uploadMode": "regular", "shouldIgnore": False}
                return self._json({"files": [{"path": one["path"], **plain} for one in asked]})
            case "commit":
                return self._commit(body)
        siblings = [{"rfilename": path} for path in self.hub.files]
        return self._json(
            {"id": self.hub.name, "sha": COMMIT, "siblings": siblings, "tags": [], "private": True}
        )

    def _commit(self, body: bytes) -> None:
        lines = [json.loads(line) for line in body.splitlines() if line]
        made = {one["value"]["path"]: one["value"]["content"] for one in lines if one["key"] == "file"}
        self.hub.files |= {path: base64.b64decode(content) for path, content in made.items()}
        self.hub.commits.append(sorted(made))
        self._json(
            {"commitUrl": f"{self.hub.address}/datasets/{self.hub.name}/commit/{COMMIT}", "commitOid": COMMIT}
        )

    def _file(self, path: str) -> None:
        data = self.hub.files[path]
        headers = {"ETag": f'"{_digest(data)}"', "X-Repo-Commit": COMMIT}
        self._send(200, data, {"content-type": "application/octet-stream", **headers})

    def _json(self, told: Any, status: int = 200, headers: dict[str, str] | None = None) -> None:
        self._send(status, json.dumps(told).encode(), {"content-type": "application/json", **(headers or {})})

    def _send(self, status: int, data: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "content-length": str(len(data))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        pass


def _entry(path: str, data: bytes) -> dict[str, Any]:
    return {"type": "file", "path": path, "size": len(data), "oid": _digest(data)}


def _digest(data: bytes) -> str:
    return hashlib.sha1(data).hexdigest()

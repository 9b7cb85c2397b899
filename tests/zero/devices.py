"""The service that lends GPUs, as `spaces` asks it over HTTP: lends, refuses, notes what it was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

LENT = {"idle": False, "nvidiaIndex": 0, "nvidiaUUID": "GPU-none", "allowToken": "token"}


@dataclass
class Devices:
    """What it answers next, and what it was asked."""

    address: str = ""
    answer: tuple[int, dict[str, Any], dict[str, str]] = (200, LENT, {})  # status, body, headers
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def last(self, what: str) -> dict[str, str]:
        """The parameters of the latest request of a kind."""
        return next(values for kind, values in reversed(self.asked) if kind == what)


@contextmanager
def lending() -> Iterator[Devices]:
    """A service on a port of this machine."""
    devices = Devices()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            address = urlsplit(self.path)
            kind = address.path.strip("/")
            given = {name: values[0] for name, values in parse_qs(address.query).items()}
            devices.asked.append((kind, given))
            status, body, headers = devices.answer if kind == "schedule" else (200, {}, {})
            self.send_response(status)
            for name, value in {"content-type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    devices.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield devices
    finally:
        server.shutdown()
        server.server_close()

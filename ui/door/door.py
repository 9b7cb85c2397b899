"""The door: every request of this server passes it, in the order of the package's docstring."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from teacache.errors import RequestError
from ui.base.refused import wanted
from ui.door import calls, headers, paths, visitors
from ui.door.body import Bodies, replayed
from ui.door.listeners import Listeners
from ui.gradio_glue.functions import Function
from ui.gradio_glue.protocol import API, CLIENT, FOR_CLIENT, for_client
from ui.gradio_glue.queue import Waiting, scope_of
from ui.words.phrases import in_every_language, said

LARGE = 64 * 2**10  # bytes of a body that is read beside the event loop
_EVENT = re.compile(API + r"/call/(?:v2/)?\w+/(\w+)")


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much a visitor may ask for; see ui/base/options.py."""

    waiting: int
    waiting_each: int
    runs_an_hour: int | None
    uploads_an_hour: int | None
    upload: int  # bytes
    trace: int  # bytes
    uploads: str  # the folder where Gradio puts them
    behind_proxy: bool


class Refusal(Exception):
    """A request that is answered here, with a status and one sentence."""

    def __init__(self, status: int, error: RequestError):
        super().__init__(str(error))
        self.status, self.error = status, error


class Door:
    """ASGI middleware in front of everything."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        limits: Limits,
        functions: dict[int, Function],
        queues: Mapping[str, Waiting],
        listeners: Listeners,
    ):
        self._app = app
        self._limits = limits
        self._functions = functions
        self._queues = queues
        self._listeners = listeners
        self._bodies = Bodies()
        self._runs = visitors.Hourly(limits.runs_an_hour)
        self._uploads = visitors.Hourly(limits.uploads_an_hour)
        self._made = visitors.Hourly(
            limits.uploads_an_hour
        )  # files that ffmpeg makes when they are asked for

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return  # a web socket is not accepted

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers.add(MutableHeaders(scope=message))
            await send(message)

        try:
            await self._let_in(scope, receive, with_headers)
        except Refusal as refusal:
            await _answer(scope, refusal)(scope, receive, with_headers)

    async def _let_in(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on. Raises Refusal before anything of an answer is sent."""
        if len(scope["path"]) + len(scope["query_string"]) > paths.MOST_ADDRESS:
            raise Refusal(414, RequestError("The address is too long."))
        row = paths.find(scope["method"], scope["path"])
        if row is None:
            raise Refusal(404, RequestError("There is nothing at this address."))
        if row.kind == "made":
            _refusing(429, self._made.count, self._who(scope, ""))
        if row.kind == "listen":
            await self._listen(scope, receive, send)
            return
        source = await self._received(row.kind, scope, receive)
        if scope["method"] == "POST" and row.kind in ("call", "plain"):
            scope, send = _as_json(scope), _judged(scope, send)
        await self._app(scope, source, send)

    async def _listen(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on whoever wants the answers of his calls; those that he left before are made again."""
        session = self._session_heard(scope)
        dropped = self._listeners.left_by(session)
        for _ in filter(lambda one: one.begun, dropped):  # the model makes it twice
            _refusing(429, self._runs.count, self._who(scope, session))
        await self._listeners.resume(dropped)
        if not any(queue.known(session) for queue in self._queues.values()):
            raise Refusal(404, RequestError("There is no call to listen to: ask first."))
        with self._listeners.listening(session):
            heard = self._listeners.noticing(session, self._queues.values(), receive)
            await self._app(scope, heard, send)

    async def _received(self, kind: paths.Kind, scope: Scope, receive: Receive) -> Receive:
        """What the server reads the body from, once it may."""
        if scope["method"] in ("GET", "HEAD", "OPTIONS"):
            return receive
        if kind in ("upload", "trace"):
            _refusing(429, self._uploads.count, self._who(scope, ""))
        if kind == "upload":
            return _refusing(413, self._bodies.watched, scope, receive, self._limits.upload)
        largest = max(function.most for function in self._functions.values())
        most = {"call": largest, "tools": largest, "trace": self._limits.trace}.get(kind, paths.SMALL)
        try:
            body = await self._bodies.read(scope, receive, most)
        except RequestError as error:
            raise Refusal(413, error) from error
        if kind == "call":
            rules = (self._functions, self._limits.uploads)
            self._admit(scope, await self._beside(calls.read, scope["path"], body, *rules))
        elif kind == "tools" and body:
            await self._beside(calls.check_message, body)
        return replayed(body, receive)

    async def _beside(self, check: Callable[..., Any], *arguments: Any) -> Any:
        """What a check finds; a long one is made in a thread, so that others are answered meanwhile."""
        try:
            large = any(isinstance(value, bytes) and len(value) > LARGE for value in arguments)
            return await asyncio.to_thread(check, *arguments) if large else check(*arguments)
        except RequestError as error:
            raise Refusal(400, error) from error

    def _admit(self, scope: Scope, call: calls.Call) -> None:
        """Raise Refusal where there is no room for one more call of this visitor's."""
        queue = self._queues.get(call.function.queue) if call.function else None
        if queue is None:
            return
        self._listeners.give_up(call.session)
        who = self._who(scope, call.session)
        queued = [self._who(scope_of(event), event.session_hash) for event in queue.waiting()]
        limits = {"most": self._limits.waiting, "most_each": self._limits.waiting_each}
        _refusing(429, visitors.refuse_crowd, who, queued, **limits, seconds=queue.seconds_each())
        _refusing(429, self._runs.count, who)

    def _who(self, scope: Scope, session: str) -> str:
        return visitors.visitor(scope, session, behind_proxy=self._limits.behind_proxy)

    def _session_heard(self, scope: Scope) -> str:
        """The session whose answers a request asks for."""
        match = _EVENT.fullmatch(scope["path"])
        if match:
            name = next(iter(self._queues.values())).session_of(match[1])
            return self._listeners.session_of(name)
        return parse_qs(scope["query_string"].decode("latin-1")).get("session_hash", [""])[0]


def _as_json(scope: Scope) -> Scope:
    """The request, said to be what its body was found to be."""
    others = [(name, value) for name, value in scope["headers"] if name != b"content-type"]
    return {**scope, "headers": [*others, (b"content-type", b"application/json")]}


async def _nothing() -> Message:
    """The body was read before."""
    return {"type": "http.disconnect"}


def _judged(scope: Scope, send: Send) -> Send:
    """A `send` for answers of Gradio's: where it echoes a body that it cannot use, our sentence goes instead.

    And 400 where it says 500 with a sentence: the caller was wrong, not the server.
    """
    held: Message | None = None

    async def judged(message: Message) -> None:
        nonlocal held
        if message["type"] == "http.response.start" and message["status"] in (422, 500):
            held = message
        elif held is None:
            await send(message)
        elif held["status"] == 422:
            if not message.get("more_body"):
                shape = RequestError("The request's body is not what this address takes.")
                await _answer(scope, Refusal(400, shape))(scope, _nothing, send)
        else:
            explained = b'"error":"' in message.get("body", b"")
            start, held = held, None
            await send({**start, "status": 400} if explained else start)
            await send(message)

    return judged


def _refusing(status: int, check: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """What a check finds. Raises Refusal with the status where it raises RequestError."""
    try:
        return check(*arguments, **named)
    except RequestError as error:
        raise Refusal(status, error) from error


def _answer(scope: Scope, refusal: Refusal) -> Response:
    """One sentence, for Gradio's clients as they look for it, in the language of the browser."""
    request_headers = Headers(scope=scope)
    sentence = said(refusal.error, wanted(request_headers.get("accept-language", "")))
    if scope["path"] == paths.TRACE:
        return JSONResponse({"error": in_every_language(refusal.error)}, status_code=refusal.status)
    by_client = CLIENT in request_headers.get("user-agent", "")
    if scope["method"] == "POST" and by_client:  # it reads this alone
        return JSONResponse(for_client(sentence), status_code=FOR_CLIENT)
    if scope["path"].startswith(API):
        return JSONResponse({"detail": sentence, "error": sentence}, status_code=refusal.status)
    return PlainTextResponse(sentence, status_code=refusal.status)

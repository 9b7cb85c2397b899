"""A visitor of the browser tests, who comes again and again with the same page.

To open ours in a new page costs a browser twice as much as where it was open before: that page's process has
the scripts translated. So a page is kept for the next test, empty, unless a test changed it in a way that
cannot be taken back.
"""

from __future__ import annotations

from urllib.parse import urlsplit

FOR_GOOD = ("add_init_script", "expose_binding", "expose_function", "on", "once", "route")
STORED = "cookies,indexeddb,local_storage,service_workers"
FORGET_TAB = "location.origin === 'null' || sessionStorage.clear()"


def watch(context, server: str) -> list[str]:
    """A list that fills with whatever goes wrong in the pages of this context."""
    troubles = []

    def on_request(request):
        address = urlsplit(request.url)
        if address.scheme in ("http", "https", "ws", "wss") and address.netloc != urlsplit(server).netloc:
            troubles.append(f"request to elsewhere: {request.url}")

    def on_console(message):
        if message.type == "error":
            troubles.append(f"console error: {message.text} ({message.location.get('url', '')})")

    context.on("request", on_request)
    context.on("console", on_console)
    context.on("weberror", lambda event: troubles.append(f"uncaught: {event.error}"))
    return troubles


class Visitor:
    """A context of the browser and its page."""

    def __init__(self, context, server: str):
        self.context, self.server = context, server
        self._troubles = watch(context, server)
        self._page, self._changed = None, False
        self._session = context.new_cdp_session
        context.new_cdp_session = self._noting(context.new_cdp_session)

    def page(self, *, cold: bool = False):
        """An empty page; with `cold` one of a browser that has fetched nothing."""
        if cold:
            self.drop()
        if self._page is None:
            self._page = self.context.new_page()
            for name in FOR_GOOD:
                setattr(self._page, name, self._noting(getattr(self._page, name)))
        if cold:
            self._session(self._page).send("Network.clearBrowserCache")
        return self._page

    def leave(self) -> list[str]:
        """Forget what was kept in the browser; returns what went wrong since the last time."""
        troubles = self._troubles[:]  # what breaks off because the page is left is none
        if self._changed or self._page is None or self._page.is_closed():
            self.drop()
        for page in self.context.pages:
            if page is not self._page:
                page.close()
        page = self._page or self.context.new_page()
        page.evaluate(FORGET_TAB)
        page.goto("about:blank")
        page.mouse.move(0, 0)
        self._forget(page)
        if page is not self._page:
            page.close()
        self._troubles.clear()
        return troubles

    def drop(self) -> None:
        """Close the page, which takes memory as long as it is kept."""
        if self._page is not None:
            self._page.close()
        self._page, self._changed = None, False

    def _forget(self, page) -> None:
        session = self._session(page)
        session.send("Storage.clearDataForOrigin", {"origin": self.server, "storageTypes": STORED})
        session.detach()
        self.context.clear_permissions()

    def _noting(self, method):
        def noted(*args, **options):
            self._changed = True
            return method(*args, **options)

        return noted

"""A watch over what a page in the browser says and asks for."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page, Route, WebSocket

THIS_MACHINE = ("127.0.0.1", "localhost")
ELSEWHERE = re.compile(r"^https?://(?!127\.0\.0\.1[:/]|localhost[:/])")
# Chromium's own remarks on drawing without a graphics card, which no page can do anything about.
NO_GPU = re.compile(r"GPU stall due to ReadPixels|software WebGL|swiftshader", re.IGNORECASE)


class Watch:
    """Everything on a page that no person should ever meet.

    Attributes
    ----------
    problems : list of str
        Console errors and warnings, uncaught errors, and requests that would have left the
        machine (they are stopped).
    """

    def __init__(self, page: Page, ignore: Callable[[ConsoleMessage], bool] | None = None) -> None:
        self.problems: list[str] = []
        self._ignore = ignore or (lambda _message: False)
        self._allowed: list[re.Pattern[str]] = [NO_GPU]
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.problems.append(f"uncaught: {error}"))
        page.on("websocket", self._on_websocket)
        page.context.route(ELSEWHERE, self._stop)

    def allow(self, pattern: str) -> None:
        """Expect console messages that match, from now on."""
        self._allowed.append(re.compile(pattern))

    def check(self) -> None:
        """Fail on all that was met since the last check."""
        problems, self.problems = self.problems, []
        assert not problems, "the page complained:\n" + "\n".join(problems)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning") or self._ignore(message):
            return
        if not any(pattern.search(message.text) for pattern in self._allowed):
            self.problems.append(
                f"console {message.type}: {message.text} ({message.location['url']})"
            )

    def _stop(self, route: Route) -> None:
        self.problems.append(f"request to {route.request.url}")
        route.abort()

    def _on_websocket(self, socket: WebSocket) -> None:
        if urlsplit(socket.url).hostname not in THIS_MACHINE:
            self.problems.append(f"websocket to {socket.url}")

"""Who is let in, and what is served beside messages: a page, its code, and a list of spaces."""

import hmac
import ipaddress
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import parse_qs

CODE, MESSAGES, SPACES = "/static/run.js", "/messages", "/spaces"

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; "
        "img-src blob: data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_PAGE = f"""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>embwidget</title>
<link rel="icon" href="data:,">
<script type="module" src="{CODE}"></script>
</head>
<body><noscript>This page needs JavaScript, of its own server alone.</noscript></body>
</html>
"""
_NO_COOKIE = "Open the address that embwidget printed in the terminal: it holds what lets you in.\n"


class Reply(NamedTuple):
    """An answer to a request.

    Attributes
    ----------
    status : HTTPStatus
    body : bytes
    headers : dict of str to str
    """

    status: HTTPStatus
    body: bytes
    headers: dict[str, str]


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a host."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True)
class Door:
    """What a request has to have: a host of this server, no foreign origin, and the token.

    Attributes
    ----------
    host : str
        What is listened on.
    port : int
    token : str
        Made anew for each server. A browser that came with it keeps it as a cookie that no script
        reads and that no other site's page sends along.
    """

    host: str
    port: int
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)

    @property
    def address(self) -> str:
        """Where a person of this machine opens the page, with the token."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "localhost") else self.host  # noqa: S104 (compared, not bound)
        host = "::1" if host == "::" else host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/?token={self.token}"

    def reply(self, path: str, headers: Mapping[str, str | None]) -> Reply | None:
        """Answer a request for a path of ours that holds no data, or refuse it.

        Parameters
        ----------
        path : str
            With what stands behind its "?".
        headers : mapping of str to str or None
            Of the request, by small letters: host, origin, cookie, sec-fetch-site.

        Returns
        -------
        Reply or None
            None where it may be answered with data.
        """
        host, origin = headers.get("host") or "", headers.get("origin")
        if not self._is_ours(host):
            return said(HTTPStatus.FORBIDDEN, "This is not a host of embwidget's.\n")
        if origin is not None and origin != f"http://{host}":
            return said(HTTPStatus.FORBIDDEN, "Pages of another origin are not answered.\n")
        place, _, query = path.partition("?")
        if place == "/" and self._is_token(_token_of(query)):
            cookie = f"{self._cookie}={self.token}; HttpOnly; SameSite=Strict; Path=/"
            return said(HTTPStatus.SEE_OTHER, "", {"Location": "/", "Set-Cookie": cookie})
        if not any(map(self._is_token, self._tokens_in(headers.get("cookie") or ""))):
            return said(HTTPStatus.FORBIDDEN, _NO_COOKIE)
        if place == "/":
            return html(_PAGE)
        fetched = headers.get("sec-fetch-site")
        if fetched not in (None, "same-origin", "none"):
            return said(HTTPStatus.FORBIDDEN, "Pages of another origin are not answered.\n")
        if place == MESSAGES and origin is None:
            return said(HTTPStatus.FORBIDDEN, "Messages are taken from a page alone.\n")
        if place in (CODE, MESSAGES, SPACES):
            return None
        return said(HTTPStatus.NOT_FOUND, "There is nothing here.\n")

    @property
    def _cookie(self) -> str:
        # Ports share cookies: two servers of one machine would log each other's pages out.
        return f"embwidget-{self.port}"

    def _tokens_in(self, cookies: str) -> list[str]:
        """Tokens of this server's cookie among those that a browser sends.

        All servers of this machine share cookies, and theirs may be written in any way, or have
        the name of ours: neither shuts out whoever has the token as well.
        """
        pairs = (each.strip().partition("=") for each in cookies.split(";"))
        return [value.strip('"') for name, _, value in pairs if name == self._cookie]

    def _is_token(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(errors="replace"), self.token.encode())

    def _is_ours(self, host: str) -> bool:
        """Whether a request was meant for this server, and not for a name that was turned to it."""
        name, _, port = host.rpartition(":")
        if port != str(self.port):
            return False
        name = name.removeprefix("[").removesuffix("]").lower()
        if is_loopback(self.host):
            return is_loopback(name)
        # No name of somebody else's is an address.
        return name in (self.host.lower(), "localhost") or _is_address(name)


def said(status: HTTPStatus, text: str, headers: Mapping[str, str] | None = None) -> Reply:
    """A line of text."""
    plain = {"Content-Type": "text/plain; charset=utf-8"}
    return Reply(status, text.encode(), {**_HEADERS, **plain, **(headers or {})})


def html(text: str) -> Reply:
    """A page."""
    return Reply(
        HTTPStatus.OK, text.encode(), {**_HEADERS, "Content-Type": "text/html; charset=utf-8"}
    )


def data(text: str, kind: str) -> Reply:
    """Data or code of a type."""
    return Reply(HTTPStatus.OK, text.encode(), {**_HEADERS, "Content-Type": kind})


def _token_of(query: str) -> str:
    """Token of an address; of one that cannot be read, none."""
    try:
        return parse_qs(query, max_num_fields=10).get("token", [""])[0]
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True

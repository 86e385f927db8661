"""What a page says to a session, and what it is answered."""

from threading import Condition, Event
from typing import Any, Protocol

from embwidget._core.checks import shown
from embwidget.session.answers.answers import Sources, answer
from embwidget.session.named import NamedSelections
from embwidget.session.publisher import Publisher
from embwidget.session.wire.encode import rows_in_text
from embwidget.session.wire.screen import Screen
from embwidget.session.worker import one_line

_MOST_REQUEST_CHARS = 100
_MAX_SAFE = 2**53


class Listening(Protocol):
    """What a page may ask of a `Session`, where each is described.

    Attributes
    ----------
    changed : Condition
    named : NamedSelections
    sources : Sources
    """

    changed: Condition
    named: NamedSelections
    sources: Sources

    def cancel(self) -> None:
        """Stop the work."""


class Inbox:
    """Takes the messages of ``FromScreen``; whatever is wrong with one, nothing ends.

    What is wrong with a question is its answer, all else an ``error``.

    Parameters
    ----------
    session : Listening
    screen : Screen
    publisher : Publisher
    drawn : Event
        To be set when the page says that the first map is on the screen.
    n_items : int
    """

    def __init__(
        self,
        session: Listening,
        screen: Screen,
        publisher: Publisher,
        *,
        drawn: Event,
        n_items: int,
    ) -> None:
        self._session = session
        self._screen = screen
        self._publisher = publisher
        self._drawn = drawn
        self._n_items = n_items

    def take(self, content: dict[str, Any]) -> None:
        """Handle a message."""
        match content.get("type"):
            case "ready":
                self._send_all()
            case "fetch":
                with self._session.changed:
                    self._screen.send_again(content.get("parts"))
            case "drawn":
                self._drawn.set()
            case "cancel":
                self._session.cancel()
            case "name" | "rename" | "forget":
                self._change_named(content)
            case "ask":
                self._reply(content)
            case unknown:
                self._publisher.publish(error=f"a message of type {shown(unknown)} is not known")

    def _send_all(self) -> None:
        """Tell a page that begins to listen what there is."""
        with self._session.changed:
            self._screen.send_holdings()
            if self._session.named.ids:
                self._session.named.send()
            self._publisher.tell_missed()

    def _change_named(self, content: dict[str, Any]) -> None:
        named, name = self._session.named, content.get("name")
        with self._session.changed:
            try:
                if content["type"] == "name":
                    named.name(name, rows_in_text(content.get("rows"), self._n_items))
                elif content["type"] == "rename":
                    named.rename(name, content.get("to"))
                else:
                    named.forget(name)
            except ValueError as error:
                self._publisher.publish(error=one_line(error))
                named.send()

    def _reply(self, question: dict[str, Any]) -> None:
        # Not under the lock: what is asked for may be what the work is about to find.
        request = _request(question.get("request"))
        try:
            result, arrays = answer(
                self._session.sources, question.get("kind"), question.get("args")
            )
        except Exception as error:  # noqa: BLE001 the screen waits for an answer, whatever it is
            self._screen.reply(request, None, [], one_line(error))
        else:
            self._screen.reply(request, result, arrays, "")


def _request(given: Any) -> int | str | None:
    """Number or name of a question, which goes back as it came; None for what nobody waits for."""
    if isinstance(given, str):
        return given if len(given) <= _MOST_REQUEST_CHARS else None
    return given if isinstance(given, int) and abs(given) <= _MAX_SAFE else None

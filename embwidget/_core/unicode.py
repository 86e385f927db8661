"""Texts that UTF-8 can hold: pages, figures and terminals take no others."""


def readable(text: str) -> str:
    r"""Return a text with U+FFFD for each half of a character that stands alone.

    JSON and pandas let cut emoji through, ``"\ud83d"``, and Python names undecodable files so.
    Two halves that belong together become their character.
    """
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text

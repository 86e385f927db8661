"""A gate's verdict as CI reads it."""

import re
from typing import Any
from xml.etree import ElementTree

# What XML 1.0 can hold.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REPLACED = "\ufffd"

_TAGS = {"regression": "failure", "undecided": "error"}
_MOST_CHARS = 200


def junit_of(found: dict[str, Any]) -> str:
    """JUnit's XML of what `Gate.to_dict` gives: a test case a check."""
    checks = found["checks"]
    verdicts = [_TAGS.get(each["verdict"]) for each in checks]
    suites = ElementTree.Element("testsuites")
    suite = ElementTree.SubElement(
        suites,
        "testsuite",
        name="embwidget gate",
        tests=str(len(checks)),
        failures=str(verdicts.count("failure")),
        errors=str(verdicts.count("error")),
        skipped="0",
        time="0",
    )
    for each in checks:
        case = ElementTree.SubElement(
            suite, "testcase", classname="embwidget.gate", name=_text(each["name"]), time="0"
        )
        if each["verdict"] in _TAGS:
            sentence = _text(each["sentence"])
            tag, kind = _TAGS[each["verdict"]], each["verdict"]
            ElementTree.SubElement(case, tag, message=sentence, type=kind).text = sentence
        else:
            ElementTree.SubElement(case, "system-out").text = _text(each["sentence"])
    ElementTree.SubElement(suite, "system-out").text = _worst(found)
    ElementTree.indent(suites)
    body = ElementTree.tostring(suites, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


def _worst(found: dict[str, Any]) -> str:
    """The labels and items that lose most, a line each."""
    lines = [f"{found['verdict']}: {_text(found['b'])} in place of {_text(found['a'])}"]
    lines += [
        f"label {_text(row['label'])}: {row['metric']} falls by {row['drop']}"
        for row in found["labels"][:10]
    ]
    lines += [
        f"item {_text(row['id'])}: coincidence {row['jaccard']}" for row in found["items"][:10]
    ]
    return "\n".join(lines)


def _text(value: Any) -> str:
    """Text on one line, of characters that XML can hold; never long."""
    text = " ".join(str(value)[:2000].split())
    clean = _NO_XML.sub(_REPLACED, text)
    return clean if len(clean) <= 2 * _MOST_CHARS else clean[: 2 * _MOST_CHARS - 1] + "…"

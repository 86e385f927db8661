"""What a gate tells CI: JSON, JUnit's XML and Markdown, of names that mean harm too."""

import json
from xml.etree import ElementTree

import mistune
import numpy as np
import pytest
from gate_data import kinds, shaken
from nasty_texts import NASTY

import embwidget as ew

KEYS = [
    *("verdict", "exit_code", "a", "b", "n_items", "left_out", "join", "k", "asked", "checks"),
    *("labels", "items", "canaries", "version"),
]
CHECK_KEYS = [
    *("name", "asked", "limit", "value", "low", "high", "verdict", "sentence", "chance"),
    *("noise", "noise_low", "noise_high", "n", "needed"),
]


@pytest.fixture(scope="module")
def found() -> ew.Gate:
    a, label = kinds(200)
    b = shaken(a, 0.8, 1)
    return ew.gate(
        a,
        b,
        min_jaccard=0.5,
        max_drop="map_at_r=.02,ami=.9",
        label=label,
        per_label=0.9,
        canary=[3],
    )


@pytest.fixture(scope="module")
def hostile() -> ew.Gate:
    """Every name is one that breaks what trusts it: ids, labels, and the spaces' own."""
    n = 4 * len(NASTY)
    a, _ = kinds(n)
    ids = [f"{text}{'.' * at}" for at in range(4) for text in NASTY]
    label = np.array([*NASTY[::-1]] * 4, object)
    names = ("<b>|\n`a`\0", "@me #1 http://elsewhere.test/d www.elsewhere.test")
    return ew.gate(
        *(a, shaken(a, 3, 1)),
        ids=ids,
        names=names,
        label=label,
        min_jaccard=0.5,
        max_drop="map_at_r=.0",
        per_label=True,
        min_label_items=2,
        canary=ids[:30],
    )


@pytest.fixture(params=["found", "hostile"])
def each(request: pytest.FixtureRequest) -> ew.Gate:
    return request.getfixturevalue(request.param)


def test_json_has_its_keys_and_nothing_that_json_has_not(each):
    told = each.to_dict()
    assert list(told) == KEYS
    assert all(list(check) == CHECK_KEYS for check in told["checks"])
    text = json.dumps(told, allow_nan=False)
    assert json.loads(text) == told
    text.encode()
    assert told["exit_code"] == each.exit_code


def test_junit_is_xml_with_a_case_for_each_check(each):
    text = each.to_junit()
    suite = ElementTree.fromstring(text.encode()).find("testsuite")
    cases = suite.findall("testcase")
    assert [case.get("name") for case in cases] == [check.name for check in each.checks]
    for case, check in zip(cases, each.checks, strict=True):
        tag = {"regression": "failure", "undecided": "error", "pass": "system-out"}[check.verdict]
        assert case[0].tag == tag
    for kind, verdict in (("failures", "regression"), ("errors", "undecided")):
        verdicts = [check.verdict for check in each.checks]
        assert int(suite.get(kind)) == verdicts.count(verdict)
    assert int(suite.get("tests")) == len(cases)


def test_markdown_is_tables_of_text_alone(each):
    text = each.to_markdown()
    text.encode()
    tokens = mistune.create_markdown(renderer=None, plugins=["table", "url", "strikethrough"])(text)
    tables = [token for token in tokens if token["type"] == "table"]
    assert {token["type"] for token in tokens} <= {"heading", "paragraph", "table", "blank_line"}
    lines = [line for line in text.splitlines() if line.startswith("|")]
    rows = sum(len(table["children"][1]["children"]) for table in tables)
    assert len(lines) == rows + 2 * len(tables)
    for table in tables:
        width = len(table["children"][0]["children"])
        for row in table["children"][1]["children"]:
            assert len(row["children"]) == width
    assert _kinds(tokens) <= {
        *("heading", "paragraph", "blank_line", "table", "table_head", "table_body"),
        *("table_row", "table_cell", "text"),
    }
    # A host makes links and mentions of what it has drawn, too.
    assert not any(sign in text.replace("### ", "").replace("&#", "") for sign in "<>@#`*[]~$\\")
    assert "www." not in text


def _kinds(tokens: list) -> set[str]:
    found = set()
    for token in tokens:
        found.add(token["type"])
        found |= _kinds(token.get("children", []))
    return found


def test_text_is_a_few_lines_with_the_verdict_first(each):
    lines = str(each).splitlines()
    assert lines[0].startswith(each.verdict)
    assert 1 + len(each.checks) <= len(lines) <= 3 + len(each.checks)
    assert max(map(len, lines)) < 600
    assert all(line.isprintable() for line in lines)
    str(each).encode()


def test_what_loses_most_is_told_everywhere(found):
    first = found.items[0]
    assert first["drop"] == max(row["drop"] for row in found.items)
    for text in (str(found), found.to_junit(), found.to_markdown()):
        assert str(first["id"]) in text
        assert str(found.labels[0]["label"]) in text

"""Large messages travel in pieces."""

import json

import numpy as np

from embwidget.session.wire.pieces import pieces_of


def test_a_message_of_usual_size_stays_whole():
    content, buffers = {"type": "graph"}, [memoryview(bytes(1_400_000))] * 2
    assert list(pieces_of(content, buffers)) == [(content, buffers)]
    assert list(pieces_of(content, [])) == [(content, [])]


def test_a_large_message_is_cut_and_nothing_is_lost():
    arrays = [
        np.arange(7_000_001, dtype=np.uint8),
        np.empty(0, np.uint8),
        np.arange(5, dtype=np.uint8),
    ]
    content = {"type": "graph", "version": 3}
    pieces = list(pieces_of(content, [memoryview(array) for array in arrays]))
    headers = [header for header, _ in pieces]
    assert headers[0] == {
        "type": "piece",
        "transfer": headers[0]["transfer"],
        "index": 0,
        "whole": content,
        "sizes": [7_000_001, 0, 5],
    }
    assert [header["index"] for header in headers] == [0, 1, 2, 3]
    assert {header["transfer"] for header in headers} == {headers[0]["transfer"]}
    assert all("whole" not in header for header in headers[1:])
    # One buffer each, of which none reaches over the end of one of the message's.
    assert [len(buffers) for _, buffers in pieces] == [1] * 4
    assert [len(buffers[0]) for _, buffers in pieces] == [3_000_000, 3_000_000, 1_000_001, 5]
    assert b"".join(buffers[0] for _, buffers in pieces) == b"".join(a.tobytes() for a in arrays)


def test_no_message_is_longer_than_four_megabytes_as_base64():
    """Neither for its buffers nor for its JSON, whatever characters are in it."""
    long = {
        "type": "reply",
        "request": 1,
        "result": {"texts": ['"\\ä\n' * 10_000] * 200},
        "error": "",
    }
    for content, buffers in [
        (long, [b"abc", b""]),
        (long, []),
        ({"type": "graph"}, [bytes(10**7)]),
    ]:
        pieces = list(pieces_of(content, [memoryview(buffer) for buffer in buffers]))
        for header, cuts in pieces:
            assert len(json.dumps(header)) + sum(4 * len(cut) / 3 for cut in cuts) < 4_010_000
        first = pieces[0][0]
        sent = b"".join(cut for _, (cut,) in pieces)
        assert sum(first["sizes"]) == len(sent)
        if first["whole"] == {"type": "written"}:
            assert json.loads(sent[-first["sizes"][-1] :]) == content
            sent = sent[: -first["sizes"][-1]]
        assert sent == b"".join(buffers)


def test_two_messages_are_told_apart():
    buffers = [memoryview(bytes(20_000_000))]
    first, second = (next(pieces_of({}, buffers))[0] for _ in range(2))
    assert first["transfer"] != second["transfer"]

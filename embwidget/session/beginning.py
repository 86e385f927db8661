"""A session before anything is found: its work, and what the screen shows at first."""

import threading
from typing import Any, cast

from embwidget.comparison import Comparison, Pair, Settings
from embwidget.session import infos
from embwidget.session.announcer import Announcer
from embwidget.session.answers.images import Images
from embwidget.session.answers.metadata_columns import MetadataColumns
from embwidget.session.publisher import Publisher
from embwidget.session.several import Several
from embwidget.session.several_announcer import SeveralAnnouncer
from embwidget.session.several_work import SeveralWork
from embwidget.session.shown import Shown, sides_given
from embwidget.session.wire.screen import Screen
from embwidget.session.wire.state import NumberInfos, State
from embwidget.session.work import FIRST_REDUCER, Work

AnyWork = Work | SeveralWork


def work_of(
    compared: Pair | Comparison | Several,
    columns: MetadataColumns,
    images: Images | None,
    settings: Settings,
    shown: Shown,
    *,
    label: str,
    changed: threading.Condition,
) -> AnyWork:
    """The work of a pair, or of several spaces; `label` as the screen calls it."""
    if isinstance(compared, Several):
        text = columns.on_screen(shown.text or "")
        return SeveralWork(
            compared, columns, images, settings, label=label, text=text, changed=changed
        )
    return Work(compared, columns, images, settings, shown, changed=changed)


def announcer_of(
    work: AnyWork, columns: MetadataColumns, screen: Screen, publisher: Publisher
) -> Announcer:
    """Who tells the screen what the work found."""
    if isinstance(work, SeveralWork):
        return SeveralAnnouncer(work, columns, screen, publisher)
    return Announcer(work, columns, screen, publisher)


def state_of(work: AnyWork, columns: MetadataColumns, **chosen: Any) -> State:
    """What the screen shows at first.

    Parameters
    ----------
    work : Work or SeveralWork
    columns : MetadataColumns
    **chosen
        Fields that follow from what a person asked for.
    """
    pair = work.pair
    several = work.several if isinstance(work, SeveralWork) else None
    return State(
        n_items=pair.n_samples,
        space_a=infos.space_info(pair.a, "A", pair.metric_a, None),
        space_b=infos.space_info(pair.b, "B", pair.metric_b, None),
        reducer=FIRST_REDUCER,
        as_given=sides_given(work.given_maps),
        k=pair.n_neighbors,
        k_max=pair.k_max,
        columns=infos.column_infos(columns, work.numbers, graphs=False),
        image_note="",
        join_report=infos.join_info(pair.join_report)
        if several is None
        else infos.join_info_of_several(several.series.join_report),
        numbers=cast("NumberInfos", work.numbers.infos),
        progress=infos.progress_info("starting", 0.0, None),
        spaces=[] if several is None else infos.space_infos(several.series, several.graphs),
        steps=[] if several is None or not several.steps else infos.steps_of(several.series),
        pair=[0, 1] if several is None else list(several.first),
        pair_shown=[0, 1] if several is None else list(several.first),
        **chosen,
    )

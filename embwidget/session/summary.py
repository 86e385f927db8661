"""What a session knows at the moment, in three sentences; nothing is waited for."""

from embwidget.comparison import Comparison, Pair
from embwidget.comparison.sentences import Finding, three_sentences
from embwidget.measures.labels.lead import Lead
from embwidget.session.answers.numbers import Numbers
from embwidget.session.wire.state import State


def summary_of(
    pair: Pair, comparison: Comparison | None, numbers: Numbers, state: State, failed: str
) -> str:
    """Three sentences of what is known.

    Parameters
    ----------
    pair : Pair
    comparison : Comparison or None
        None while the neighbours are not known.
    numbers : Numbers
    state : State
    failed : str
        How the work failed; "" = it did not.
    """
    why = f"the work failed, {failed}" if failed else "the work was stopped before"
    if state.progress["step"]:
        why = "it is still being measured"
    chance = state.chance
    at = state.k - 1
    return three_sentences(
        Finding(
            names=(pair.a.name or "A", pair.b.name or "B"),
            n_items=pair.n_samples,
            join_report=pair.join_report,
            agreement=why if comparison is None else comparison.agreement(state.k),
            verdict=chance["verdicts"][at] if chance else "",
            z=chance["z"][at] if chance else None,
            no_verdict=_why_not(numbers, "chance", why),
            label=pair.label or "",
            n_labelled=len(comparison.labels().labelled) if comparison and pair.label else 0,
            lead=_lead(numbers, why),
        )
    )


def _lead(numbers: Numbers, why: str) -> Lead | str | None:
    known = numbers.infos["quality"]["state"] == "known"
    return numbers.lead if known else _why_not(numbers, "quality", why)


def _why_not(numbers: Numbers, name: str, why: str) -> str:
    """Why a number is not known, for the end of a sentence."""
    info = numbers.infos[name]
    if info["state"] == "failed":
        return f"it could not be measured, {info['note']}".rstrip(".")
    return why

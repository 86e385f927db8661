"""The measures of linear relations, which are computed together."""

from collections.abc import Callable

from embwidget.measures.linear.cca import CCA, PWCCA, SVCCA, cca, pwcca, svcca
from embwidget.measures.linear.cka import (
    LINEAR_CKA,
    LINEAR_CKA_BIASED,
    linear_cka,
    linear_cka_biased,
)
from embwidget.measures.linear.gulp import GULP, gulp
from embwidget.measures.linear.moments import Moments, linear_outcomes
from embwidget.measures.linear.procrustes import PROCRUSTES_ANGULAR, procrustes_angular
from embwidget.measures.measure import Family, Outcome, Request

_VALUES: dict[str, Callable[[Moments], float]] = {
    "linear_cka": linear_cka,
    "linear_cka_biased": linear_cka_biased,
    "procrustes_angular": procrustes_angular,
    "cca": cca,
    "svcca": svcca,
    "pwcca": pwcca,
    "gulp": gulp,
}


def _outcomes(names: list[str], request: Request) -> dict[str, Outcome]:
    return linear_outcomes(names, request, _VALUES)


FAMILY = Family(
    (LINEAR_CKA, LINEAR_CKA_BIASED, PROCRUSTES_ANGULAR, CCA, SVCCA, PWCCA, GULP), _outcomes, 0.5
)

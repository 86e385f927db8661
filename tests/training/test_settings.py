"""Settings of recipes: what is given, what is changed, and what is refused."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from child_tools import child

from embwidget.training.recipes import SupConSettings, cross_entropy, supcon_two_stage
from embwidget.training.settings import settings_of


def test_single_settings_change_those_given() -> None:
    base = SupConSettings(epochs=3, temperature=0.2)
    assert settings_of(SupConSettings, base, {"seed": 4}) == SupConSettings(
        epochs=3, temperature=0.2, seed=4
    )
    of_dict = settings_of(SupConSettings, {"epochs": np.int64(3)}, {"temperature": 1})
    assert (of_dict.epochs, of_dict.temperature) == (3, 1.0)
    assert (type(of_dict.epochs), type(of_dict.temperature)) == (int, float)
    assert settings_of(SupConSettings, None, {}) == SupConSettings()
    nothing = settings_of(SupConSettings, None, {"amp": None, "n_jobs": None})
    assert (nothing.amp, nothing.n_jobs) == (None, None)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"epoch": 3}, "there is no setting 'epoch': give epochs"),
        ({"zzz": 3}, "there is no setting 'zzz': there are"),
        ({"epochs": 0}, "epochs=0: give a whole number of at least 1"),
        ({"epochs": 2.0}, r"epochs=2.0 \(float\): give a whole number"),
        ({"epochs": True}, r"epochs=True \(bool\)"),
        ({"epochs": "3"}, r"epochs='3' \(str\)"),
        ({"epochs": None}, "epochs=None"),
        ({"temperature": float("nan")}, "temperature=nan"),
        ({"temperature": 0}, "give a number from 0.0001 to 100"),
        ({"amp": 1}, "give true or false or None"),
        ({"name": 3}, "give a text"),
        ({"seed": -1}, "seed=-1"),
    ],
)
def test_what_is_wrong_is_told_by_name(changes: dict[str, Any], said: str, tmp_path: Path) -> None:
    with pytest.raises((TypeError, ValueError), match=said) as told:
        supcon_two_stage(registry=tmp_path / "home", **changes)
    assert len(str(told.value)) < 300
    with pytest.raises(type(told.value), match=said):
        supcon_two_stage(changes, registry=tmp_path / "home")
    assert not (tmp_path / "home").exists()


def test_settings_of_another_recipe_are_refused() -> None:
    with pytest.raises(TypeError, match="give CrossEntropySettings"):
        cross_entropy(SupConSettings())  # type: ignore[arg-type]


def test_without_torch_each_entry_says_what_to_install(tmp_path: Path) -> None:
    found = child(Path(__file__).parent / "without_torch_child.py", tmp_path / "home")
    wanted = 'torch is needed for this: pip install "embwidget[train]"'
    assert found["said"] == dict.fromkeys(found["entries"], wanted)
    assert found["stops"] is True
    assert not (tmp_path / "home").exists()

"""Training settings: good as they come, refused by a sentence when they are wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.training.schedule import Schedule
from backend.training.settings import SCHEDULES, TrainingSettings
from graph.values.declaration import FieldError, fields_of

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"epochs": 0}, "epochs 0: must be a whole number from 1 to"),
        ({"epochs": True}, "epochs"),
        ({"batch_size": "64"}, "batch_size"),
        ({"learning_rate": 0.0}, "learning_rate 0: must be a number between"),
        ({"learning_rate": float("nan")}, "learning_rate"),
        ({"momentum": 1.0}, "momentum"),
        ({"optimizer": "adamw"}, "must be one of SGD, Adam, AdamW, RMSprop"),
        ({"validation_fraction": 1.0}, "validation_fraction"),
        ({"seed": -1}, "seed"),
        ({"threads": 0}, "threads"),
        ({"warmup": 3}, "has no setting called warmup"),
        (
            {"optimizer": "SGD", "nesterov": True, "momentum": 0.0},
            "nesterov needs a momentum above 0",
        ),
    ],
)
def test_refusals(values: dict[str, object], words: str) -> None:
    with pytest.raises(FieldError) as caught:
        TrainingSettings.make(values)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_change_that_makes_two_fields_disagree_is_refused() -> None:
    settings = TrainingSettings(optimizer="SGD", nesterov=True)
    with pytest.raises(FieldError) as caught:
        settings.changed(momentum=0.0)
    assert caught.value.field == "nesterov"
    assert TrainingSettings(optimizer="Adam", nesterov=True, momentum=0.0).nesterov


def test_settings_survive_the_project_file() -> None:
    settings = TrainingSettings(optimizer="SGD", learning_rate=0.1, threads=2)
    assert TrainingSettings.make(json.loads(json.dumps(settings.values()))) == settings
    assert all(spec.help for spec in fields_of(TrainingSettings).values())


def test_unused_fields() -> None:
    unused = TrainingSettings(schedule="cosine", optimizer="AdamW").unused()
    assert unused == {"momentum", "nesterov", "step_size", "step_factor", "initial_value"}
    given = {"schedule": "step", "optimizer": "SGD", "initialisation": "constant"}
    assert not TrainingSettings(**given, device="cpu").unused()


def test_window_may_import_these_before_torch() -> None:
    code = (
        "import sys, backend.training.settings, backend.channel.events;"
        "import backend.training.worker, backend.channel.looking;"
        "sys.exit('torch' in sys.modules)"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False, timeout=60)
    assert result.returncode == 0


@given(
    st.sampled_from(SCHEDULES),
    st.integers(1, 40),
    st.integers(1, 50),
    st.floats(1e-6, 10.0),
    st.integers(1, 7),
)
def test_schedules_stay_in_their_bounds(
    schedule: str, epochs: int, steps_per_epoch: int, rate: float, step_size: int
) -> None:
    settings = TrainingSettings(
        schedule=schedule, epochs=epochs, learning_rate=rate, step_size=step_size
    )
    plan = Schedule(settings, steps_per_epoch)
    rates = [plan.rate(step) for step in range(plan.total)]
    assert all(0 <= value <= rate * (1 + 1e-9) for value in rates)
    planned = plan.planned()
    assert len(planned) <= 400
    assert planned[0] == (1, rates[0])
    assert planned[-1] == (plan.total, rates[-1])
    assert all(value == rates[step - 1] for step, value in planned)
    assert schedule not in ("step", "cosine") or rates == sorted(rates, reverse=True)


def test_schedules_by_hand() -> None:
    def rates(**values: object) -> list[float]:
        settings = TrainingSettings.make({"epochs": 4, "learning_rate": 1.0, **values})
        schedule = Schedule(settings, 5)
        return [schedule.rate(step) for step in range(20)]

    assert rates(schedule="constant") == [1.0] * 20
    steps = rates(schedule="step", step_size=2, step_factor=0.5)
    assert steps == [1.0] * 10 + [0.5] * 10
    assert rates(schedule="cosine")[10] == pytest.approx(0.5)


def test_one_cycle_is_torch_s() -> None:
    import torch

    settings = TrainingSettings(epochs=4, learning_rate=0.3, schedule="one-cycle")
    schedule = Schedule(settings, 25)
    optimiser = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], 0.3)
    judge = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, 0.3, total_steps=100, cycle_momentum=False
    )
    for step in range(100):
        assert schedule.rate(step) == pytest.approx(judge.get_last_lr()[0], rel=1e-9)
        optimiser.step()
        if step < 99:
            judge.step()

"""A training learns, obeys, repeats itself, and says what went wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any, TypeVar

import pytest
import torch
from torch import Tensor

from backend.channel.control import Control
from backend.channel.events import (
    EpochDone,
    Event,
    Failed,
    Finished,
    Notice,
    Paused,
    Point,
    Probed,
    Progress,
    Resumed,
    Started,
)
from backend.channel.looking import Looks, View
from backend.data.base.dataset import DataSet, DataSplit
from backend.data.base.prepare import Prepared, prepare
from backend.data.catalogue import open_data
from backend.model.build import build
from backend.model.losses import make_loss, make_probabilities
from backend.training.device import list_devices
from backend.training.failure import Cause, failed, is_out_of_memory
from backend.training.optimiser import make_optimiser
from backend.training.settings import OPTIMISERS, TrainingSettings
from backend.training.trainer import train
from backend.weights.checkpoint import save_weights
from backend.weights.loading import load_weights
from backend.weights.reading import WeightsError
from graph.calls.call import Apply, Call
from graph.calls.plan import Plan
from graph.values.message import UserError
from tests.backend.networks import branching, step, template_plan

E = TypeVar("E")


@pytest.fixture(scope="module")
def digits() -> Prepared:
    """1,797 real digits, 8×8; 257 of them to train, so that batches of 64 leave one over."""
    data = open_data("digits")
    split = DataSplit(torch.arange(257), torch.arange(1400, 1700))
    part = DataSet(data.name, data.images, data.labels, data.classes, split)
    return prepare(part, (1, 8, 8))


def settings(**values: Any) -> TrainingSettings:
    return TrainingSettings.make({"epochs": 2, "device": "cpu", "learning_rate": 0.02, **values})


def of(kind: type[E], events: list[Event]) -> list[E]:
    return [event for event in events if isinstance(event, kind)]


def points(events: list[Event]) -> list[Point]:
    return [point for event in of(Progress, events) for point in event.points]


def weights(module: torch.nn.Module) -> dict[str, Tensor]:
    return {name: value.clone() for name, value in module.state_dict().items()}


def same(first: dict[str, Tensor], second: dict[str, Tensor]) -> bool:
    return all(torch.equal(first[name], second[name]) for name in first)


def trained(
    data: Prepared,
    chosen: TrainingSettings,
    react: Callable[[Event, Control], None] | None = None,
    **arguments: Any,
) -> tuple[list[Event], dict[str, Tensor]]:
    """All events of a training and the weights it ends with. ``react`` sees each event."""
    control = Control()
    module = build(branching(), seed=chosen.seed)
    events = []
    for event in train(branching(), chosen, data, control=control, module=module, **arguments):
        events.append(event)
        if react is not None:
            react(event, control)
    return events, weights(module)


# Learning


def test_the_events_of_a_whole_training(digits: Prepared, tmp_path: Path) -> None:
    events, _ = trained(digits, settings(epochs=10), out=tmp_path / "new" / "run")
    started = events[0]
    assert isinstance(started, Started)
    # One image is left over at the end of an epoch, and normalisation cannot train on it.
    assert (started.steps_per_epoch, started.total_steps) == (4, 40)
    assert (started.n_train, started.n_validation) == (257, 300)
    assert started.parameters == sum(p.numel() for p in build(branching()).parameters())
    assert [point.step for point in points(events)] == list(range(1, 41))
    planned = dict(started.planned)
    assert all(point.learning_rate == planned[point.step] for point in points(events))
    losses = [point.loss for point in points(events)]
    assert sum(losses[-4:]) < sum(losses[:4]) / 2
    epochs = of(EpochDone, events)
    assert [epoch.epoch for epoch in epochs] == list(range(1, 11))
    assert epochs[-1].validation_accuracy > 0.7
    end = events[-1]
    assert isinstance(end, Finished)
    assert end.reason == "completed"
    assert end.accuracy == epochs[-1].validation_accuracy
    assert end.best_accuracy == max(epoch.validation_accuracy for epoch in epochs)
    assert end.best_epoch == [epoch.epoch for epoch in epochs if epoch.best][-1]
    assert end.unsaved is None
    for path in (end.best_weights, end.last_weights):
        assert path is not None
        record = json.loads(Path(path).with_suffix(".json").read_text(encoding="utf-8"))
        assert record["settings"]["epochs"] == 10
        assert record["versions"]["torch"] == torch.__version__


def test_figures_of_an_epoch_are_those_of_its_steps(digits: Prepared) -> None:
    events, _ = trained(digits, settings(epochs=1))
    (epoch,) = of(EpochDone, events)
    each = points(events)
    assert epoch.train_loss == pytest.approx(sum(p.loss for p in each) / len(each))
    assert epoch.train_accuracy == pytest.approx(sum(p.accuracy for p in each) / len(each))


def test_steps_are_those_of_a_loop_written_by_hand(digits: Prepared) -> None:
    """Without dropout and schedule there is nothing random but the order of the images."""
    plan = template_plan("lenet5")
    data = prepare(open_data("digits"), plan.inputs[0][1])
    chosen = settings(epochs=1, schedule="constant", batch_size=256, label_smoothing=0.0)
    module = build(plan, seed=0)
    events = list(train(plan, chosen, data, module=module))
    judge = build(plan, seed=0)
    optimiser = make_optimiser(judge, chosen)
    assert optimiser is not None
    losses = []
    for x, y in data.train_batches(chosen.seed, 0, chosen.batch_size):
        optimiser.zero_grad()
        loss = torch.nn.functional.cross_entropy(judge(x), y)
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert [point.loss for point in points(events)] == pytest.approx(losses, rel=1e-6)
    assert same(weights(module), weights(judge))


@pytest.mark.parametrize("optimizer", OPTIMISERS)
def test_every_optimiser_learns(digits: Prepared, optimizer: str) -> None:
    rate = 0.1 if optimizer == "SGD" else 3e-3
    events, _ = trained(digits, settings(epochs=8, optimizer=optimizer, learning_rate=rate))
    epochs = of(EpochDone, events)
    assert epochs[-1].validation_loss < epochs[0].validation_loss
    assert epochs[-1].validation_accuracy > 0.5


def test_mixed_precision_and_smoothing_learn(digits: Prepared) -> None:
    events, _ = trained(digits, settings(epochs=8, precision="mixed", label_smoothing=0.1))
    assert of(EpochDone, events)[-1].validation_accuracy > 0.5


def test_a_network_without_weights_trains_without_failing() -> None:
    plan = Plan(
        "Bare",
        (("x", (1, 8, 8)),),
        (step("flat", Call("nn.Flatten", {}), "x", shape=(64,)),),
        (("flat", 0),),
    )
    data = prepare(open_data("digits"), (1, 8, 8))
    events = list(train(plan, settings(epochs=1), data))
    assert of(Notice, events)
    assert isinstance(events[-1], Finished)


# Repeating


def test_equal_seeds_give_equal_weights_and_others_do_not(digits: Prepared) -> None:
    first, second, other = (trained(digits, settings(epochs=1, seed=seed))[1] for seed in (1, 1, 2))
    assert same(first, second)
    assert not same(first, other)


def test_two_trainings_in_turns_do_not_disturb_each_other(digits: Prepared) -> None:
    _, expected = trained(digits, settings())
    modules = [build(branching(), seed=0) for _ in range(2)]
    runs = [train(branching(), settings(), digits, module=module) for module in modules]
    torch.manual_seed(5)
    before = torch.get_rng_state()
    for _ in zip_longest(*runs):
        assert torch.equal(torch.get_rng_state(), before)
    assert all(same(weights(module), expected) for module in modules)


# Obeying


def test_pausing_changes_nothing_in_the_result(digits: Prepared) -> None:
    _, expected = trained(digits, settings())

    def react(event: Event, control: Control) -> None:
        if isinstance(event, (Started, EpochDone)):
            control.pause()
        elif isinstance(event, Paused):
            control.resume()

    events, found = trained(digits, settings(), react)
    assert [event.step for event in of(Paused, events)] == [0, 4]
    assert [event.step for event in of(Resumed, events)] == [0, 4]
    assert same(found, expected)


def test_single_steps(digits: Prepared) -> None:
    _, expected = trained(digits, settings())
    steps: list[int] = []

    def react(event: Event, control: Control) -> None:
        if isinstance(event, Started):
            control.pause()
        elif isinstance(event, Paused):
            steps.append(event.step)
            if event.step < 5:
                control.step_once()
            else:
                control.resume()

    events, found = trained(digits, settings(), react)
    assert steps == [0, 1, 2, 3, 4, 5]
    assert [event.step for event in of(Resumed, events)] == [5]
    before = events[: events.index(Resumed(5))]
    assert [[p.step for p in event.points] for event in of(Progress, before)] == [
        [number] for number in range(1, 6)
    ]
    assert same(found, expected)


def test_stopping_keeps_what_was_learned(digits: Prepared, tmp_path: Path) -> None:
    def react(event: Event, control: Control) -> None:
        if isinstance(event, EpochDone):
            control.stop()

    events, found = trained(digits, settings(epochs=50), react, out=tmp_path)
    end = events[-1]
    assert isinstance(end, Finished)
    assert (end.reason, end.epochs) == ("stopped", 1)
    copy = build(branching(), initialise=False)
    assert end.last_weights is not None
    load_weights(copy, Path(end.last_weights))
    assert same(weights(copy), found)


def test_stopping_while_paused_and_before_the_first_step(digits: Prepared) -> None:
    def react(event: Event, control: Control) -> None:
        if isinstance(event, Started):
            control.pause()
        elif isinstance(event, Paused):
            control.stop()

    events, _ = trained(digits, settings(), react)
    end = events[-1]
    assert isinstance(end, Finished)
    assert (end.reason, end.epochs, end.accuracy) == ("stopped", 0, None)
    assert not points(events)


def test_stopping_while_validating(digits: Prepared) -> None:
    """The stop comes with the last steps of the epoch, so that validation is next."""

    def react(event: Event, control: Control) -> None:
        if isinstance(event, Progress) and event.step == 4:
            control.stop()

    events, _ = trained(digits, settings(), react)
    assert not of(EpochDone, events)
    assert isinstance(events[-1], Finished)
    assert points(events)[-1].step == 4


def test_learning_rate_is_held_until_given_back(digits: Prepared) -> None:
    def react(event: Event, control: Control) -> None:
        if isinstance(event, Started):
            control.set_learning_rate(0.0)
        elif isinstance(event, EpochDone):
            control.set_learning_rate(None)

    module = build(branching())
    before = weights(module)
    events, _ = trained(digits, settings(schedule="constant", learning_rate=0.01), react)
    assert [p.learning_rate for p in points(events)] == [0.0] * 4 + [0.01] * 4
    control = Control()
    control.set_learning_rate(0.0)
    list(train(branching(), settings(), digits, module=module, control=control))
    assert torch.equal(module.fc.weight, before["fc.weight"])
    with pytest.raises(ValueError, match="at least 0"):
        control.set_learning_rate(float("nan"))


# Looking


def test_looking_changes_nothing_in_the_result(digits: Prepared) -> None:
    _, expected = trained(digits, settings())
    looks = Looks()
    looks.show(View(filters=("n1", "n3"), maps=("n1", "n4", "n10", "gone"), image=7))

    def react(event: Event, control: Control) -> None:
        if isinstance(event, Paused):
            looks.show(View(maps=("n9",), image=event.step))
            control.step_once() if event.step < 8 else control.resume()
        elif isinstance(event, Started):
            control.pause()

    events, found = trained(digits, settings(), react, looks=looks)
    assert same(found, expected)
    probed = of(Probed, events)
    assert len(probed) >= 8
    assert probed[0].filters["n1"].shape == (4, 1, 3, 3)
    assert set(probed[0].maps) == {"n1", "n4", "n10"}


def test_a_new_view_is_answered_while_paused(digits: Prepared) -> None:
    looks = Looks()
    seen: list[int] = []

    def react(event: Event, control: Control) -> None:
        if isinstance(event, Started):
            control.pause()
        elif isinstance(event, Paused):
            looks.show(View(image=3))
            control.wake()
        elif isinstance(event, Probed):
            seen.append(event.image)
            control.stop()

    trained(digits, settings(), react, looks=looks)
    assert seen == [3]


@pytest.mark.parametrize("kind", [Started, Progress, EpochDone])
def test_a_new_view_is_answered_before_the_next_step(digits: Prepared, kind: type[Event]) -> None:
    """However short the epochs are, and whatever the training was doing when it was asked."""
    looks = Looks()
    asked: list[int] = []

    def react(event: Event, control: Control) -> None:
        if isinstance(event, kind) and len(asked) < 3:
            asked.append(getattr(event, "step", 0))
            looks.show(View(image=len(asked)))
            control.wake()

    events, _ = trained(digits, settings(epochs=4), react, looks=looks)
    answers = {look.image: look.step for look in reversed(of(Probed, events))}
    assert answers == dict(enumerate(asked, 1))


class AlwaysDue(Looks):
    """Looks that no time was spent on."""

    def take(self, now: float, *, anyway: bool = False) -> View | None:
        return super().take(now, anyway=True)


def test_looks_go_on_through_epochs_shorter_than_a_report(digits: Prepared) -> None:
    looks = AlwaysDue()
    looks.show(View(image=3))
    events, _ = trained(digits, settings(epochs=3), looks=looks)
    assert {0, 4, 8, 12} <= {look.step for look in of(Probed, events)}


# Failing


def last_failure(events: list[Event]) -> Failed:
    end = events[-1]
    assert isinstance(end, Failed), end
    assert end.trace
    assert "\n" not in str(end.message)
    return end


def test_an_absurd_learning_rate_names_the_first_node(digits: Prepared) -> None:
    chosen = settings(optimizer="SGD", learning_rate=100.0, schedule="constant", epochs=200)
    plan = Plan(
        "Straight",
        (("x", (1, 8, 8)),),
        (
            step("flat", Call("nn.Flatten", {}), "x", shape=(64,), node="a"),
            step(
                "hidden",
                Call("nn.Linear", {"in_features": 64, "out_features": 32}),
                "flat",
                shape=(32,),
                node="b",
                title="my hidden",
            ),
            step("relu", Call("nn.ReLU", {}), "hidden", shape=(32,), node="c"),
            step(
                "out",
                Call("nn.Linear", {"in_features": 32, "out_features": 10}),
                "relu",
                shape=(10,),
                node="d",
            ),
        ),
        (("out", 0),),
    )
    failure = last_failure(list(train(plan, chosen, digits)))
    assert failure.node in {"b", "d"}  # which of them overflows first is the processor's affair
    text = str(failure.message)
    assert text.startswith("Training stopped at step ")
    assert "is the first node with a non-finite" in text or "are too large" in text
    assert "Lower the learning rate (it is 100)" in text


@pytest.mark.parametrize(
    ("path", "node", "words"),
    [
        ("norm", "n2", "norm is the first node with a non-finite parameter"),
        ("se1.excite", "n4", "se1 is the first node with a non-finite parameter"),
        ("fc", "n10", "fc is the first node with a non-finite parameter"),
    ],
)
def test_the_first_node_that_is_not_finite_is_named(
    digits: Prepared, path: str, node: str, words: str
) -> None:
    module = build(branching())
    with torch.no_grad():
        module.get_submodule(path).weight[0] = float("nan")  # type: ignore[operator, index]
    failure = last_failure(list(train(branching(), settings(), digits, module=module)))
    assert failure.node == node
    assert words in str(failure.message)
    assert "at step 1:" in str(failure.message)


def test_an_output_that_overflows_is_named(digits: Prepared) -> None:
    module = build(branching())
    with torch.no_grad():
        module.conv1.weight.fill_(3e38)
    failure = last_failure(list(train(branching(), settings(), digits, module=module)))
    assert failure.node == "n1"
    assert "first is the first node with a non-finite output" in str(failure.message)


def test_weights_of_the_last_good_step_remain_when_the_loss_is_lost(digits: Prepared) -> None:
    module = build(branching())
    with torch.no_grad():
        module.fc.bias[0] = float("inf")
    before = weights(module)
    last_failure(list(train(branching(), settings(), digits, module=module)))
    assert torch.equal(module.conv1.weight, before["conv1.weight"])


def test_what_torch_raises_in_a_step_names_the_node() -> None:
    bad = branching()
    linear = Call("nn.Linear", {"in_features": 127, "out_features": 10})
    steps = (*bad.steps[:-1], step("fc", linear, "drop", shape=(10,), node="n10"))
    plan = Plan(bad.class_name, bad.inputs, steps, bad.outputs)
    failure = last_failure(list(train(plan, settings(), prepare(open_data("digits"), (1, 8, 8)))))
    assert failure.node == "n10"
    assert "fc failed" in str(failure.message)


def normalised_features() -> Plan:
    """Batch normalisation of a vector, whose channels have one value per image."""
    steps = (
        step("flat", Call("nn.Flatten", {}), "x", shape=(64,), node="n1"),
        step("norm", Call("nn.BatchNorm1d", {"num_features": 64}), "flat", shape=(64,), node="n2"),
        step("fc", Call("nn.Linear", {"in_features": 64, "out_features": 10}), "norm", shape=(10,)),
    )
    return Plan("Normalised", (("x", (1, 8, 8)),), steps, (("fc", 0),))


def test_a_last_image_alone_is_left_out_for_any_batch_normalisation(digits: Prepared) -> None:
    events = list(train(normalised_features(), settings(epochs=1), digits))
    assert len(points(events)) == 257 // 64
    assert isinstance(events[-1], Finished)


def test_batches_of_one_image_cannot_be_normalised(digits: Prepared) -> None:
    failure = last_failure(list(train(normalised_features(), settings(batch_size=1), digits)))
    assert failure.node == "n2"
    assert "norm failed: a batch of one image gives it one value" in str(failure.message)
    assert "set batch_size to 2 or more" in str(failure.message)


def test_what_cannot_be_built_names_the_node(digits: Prepared) -> None:
    plan = Plan(
        "Bad",
        (("x", (1, 8, 8)),),
        (step("odd", Call("nn.Odd", {}), "x", shape=(1, 8, 8), node="n1"),),
        (("odd", 0),),
    )
    assert last_failure(list(train(plan, settings(), digits))).node == "n1"


def test_memory_that_runs_out_in_a_step(digits: Prepared) -> None:
    """One image becomes 2·10¹² channels' worth of buffer: refused by the real allocator."""
    fold = Call("nn.AdaptiveAvgPool2d", {"output_size": (1_000_000, 1_000_000)})
    plan = Plan(
        "Huge",
        (("x", (1, 8, 8)),),
        (
            step("huge", fold, "x", shape=(1, 1_000_000, 1_000_000), node="n1"),
            step("flat", Call("nn.Flatten", {}), "huge", shape=(10,), node="n2"),
        ),
        (("flat", 0),),
    )
    failure = last_failure(list(train(plan, settings(), digits)))
    assert str(failure.message) == (
        "Out of memory at step 1 with batches of 64 images; set batch_size to 32."
    )


def test_exceptions_of_exhausted_memory() -> None:
    with pytest.raises(RuntimeError) as caught:
        torch.empty(10**14)
    assert is_out_of_memory(caught.value)
    assert is_out_of_memory(torch.OutOfMemoryError("CUDA out of memory. Tried ..."))
    assert is_out_of_memory(MemoryError())
    assert not is_out_of_memory(ValueError("out of memory"))
    cause = Cause.of(MemoryError())
    event = failed(cause, branching(), settings(batch_size=1), 3)
    assert "make the network smaller" in str(event.message)


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        (branching(classes=9), "9 outputs and the data has 10 classes"),
        (
            Plan(
                "Maps",
                (("x", (1, 8, 8)),),
                (step("relu", Call("nn.ReLU", {}), "x", shape=(1, 8, 8)),),
                (("relu", 0),),
            ),
            "needs one value per class",
        ),
        (
            Plan(
                "Two",
                (("x", (64,)), ("y", (64,))),
                (step("add", Apply("operator.add"), "x", "y", shape=(64,)),),
                (("add", 0),),
            ),
            "2 inputs and 1 output;",
        ),
    ],
)
def test_networks_that_cannot_be_trained(digits: Prepared, plan: Plan, words: str) -> None:
    assert words in str(last_failure(list(train(plan, settings(), digits))).message)


# Losses


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_every_ending_gives_the_same_loss_and_probabilities(smoothing: float) -> None:
    logits = torch.randn(6, 10, dtype=torch.float64)
    labels = torch.arange(6)
    expected = make_loss(branching(), smoothing, 10)(logits, labels)
    ends = {
        "Softmax": logits.softmax(1),
        "Softmin": logits.softmax(1),
        "LogSoftmax": logits.log_softmax(1),
        "Sigmoid": logits.sigmoid(),
        "LogSigmoid": torch.nn.functional.logsigmoid(logits),
    }
    for ending, outputs in ends.items():
        plan = branching(ending=ending)
        assert make_loss(plan, smoothing, 10)(outputs, labels) == pytest.approx(expected.item())
        assert torch.allclose(make_probabilities(plan)(outputs), logits.softmax(1))


def test_a_certain_and_wrong_softmax_has_a_finite_loss() -> None:
    outputs = torch.eye(10)[:4].requires_grad_()
    loss = make_loss(branching(ending="Softmax"), 0.0, 10)(outputs, torch.tensor([1, 2, 3, 4]))
    loss.backward()
    assert torch.isfinite(loss)
    assert outputs.grad is not None
    assert torch.isfinite(outputs.grad).all()


# Weights on disk


def test_training_goes_on_when_weights_cannot_be_written(digits: Prepared, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way", encoding="utf-8")
    events, _ = trained(digits, settings(), out=blocked)
    assert "cannot be written" in str(of(Notice, events)[0].message)
    end = events[-1]
    assert isinstance(end, Finished)
    assert end.reason == "completed"
    assert (end.best_weights, end.last_weights) == (None, None)
    assert str(blocked) in str(end.unsaved)


def changed_weights(change: Callable[[dict[str, Tensor]], None]) -> dict[str, Tensor]:
    found = weights(build(branching()))
    change(found)
    return found


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda w: w.pop("fc.bias"), "fc.bias missing"),
        (lambda w: w.update({"extra": torch.zeros(2)}), "the network has no extra"),
        (
            lambda w: w.update({"fc.bias": torch.zeros(3)}),
            "fc.bias is 3, the network needs 10",
        ),
        (
            lambda w: w.update({"fc.bias": torch.zeros(10, dtype=torch.int64)}),
            "fc.bias has another type",
        ),
    ],
)
def test_weights_that_do_not_fit(
    tmp_path: Path, change: Callable[[dict[str, Tensor]], None], words: str
) -> None:
    from safetensors.torch import save_file

    path = tmp_path / "weights.safetensors"
    save_file(changed_weights(change), path)
    module = build(branching(), seed=3)
    before = weights(module)
    with pytest.raises(WeightsError) as caught:
        load_weights(module, path)
    assert words in str(caught.value)
    assert same(weights(module), before)


def broken_files(folder: Path) -> Iterator[Path]:
    whole = folder / "whole.safetensors"
    save_weights(build(branching()), whole)
    data = whole.read_bytes()
    for name, content in {
        "empty": b"",
        "cut": data[:-5],
        "header": b"\xff" * 8 + data[8:],
        "text": b"hello " * 40,
    }.items():
        path = folder / f"{name}.safetensors"
        path.write_bytes(content)
        yield path
    yield folder
    yield folder / "absent.safetensors"


def test_files_that_are_no_weights(tmp_path: Path) -> None:
    module = build(branching())
    for path in broken_files(tmp_path):
        with pytest.raises(UserError) as caught:
            load_weights(module, path)
        assert path.name in str(caught.value)


def test_the_cpu_is_always_there() -> None:
    cpu = list_devices()[-1]
    assert cpu.kind == "cpu"
    assert cpu.name

"""Void pixels: they count for nothing in loss, accuracy, overlap and pictures."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from backend.channel.events import EpochDone, Failed
from backend.data.base.dataset import DataSet
from backend.data.base.prepare import prepare
from backend.data.base.void import IGNORED, VOID
from backend.model.losses import make_loss, pixel_counts, right_share
from backend.model.overlap import count_pixels, mean_overlap
from backend.training.settings import TrainingSettings
from backend.training.trainer import train
from graph.analysis.analysis import Analysis
from graph.calls.plan import Plan
from graph.layers.activation.along_axis import LogSoftmax, Softmax
from graph.layers.base.layer import Layer
from graph.layers.convolution.plain import Conv2d
from graph.layers.io import Input, Output
from graph.planning.planner import make_plan
from tests.generators import chain

SIZE = (3, 6, 5)


def plan(*end: Layer, classes: int = 3) -> Plan:
    last = Conv2d(out_channels=classes, kernel_size=(1, 1))
    network, _ = chain(Input(shape=SIZE), last, *end, Output(target="mask"))
    return make_plan(network, Analysis(network), "Masks")


def labels() -> Tensor:
    """Two masks of three classes with void among them."""
    found = torch.arange(2 * 6 * 5).view(2, 6, 5) % 3
    found[0, 0] = found[1, :, 2] = IGNORED
    return found


ENDS: dict[str, tuple[Layer, ...]] = {
    "scores": (),
    "logarithms": (LogSoftmax(dim=1),),
    "probabilities": (Softmax(dim=1),),
}


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_the_loss_is_that_of_the_other_pixels(end: str, smoothing: float) -> None:
    scores = torch.randn(2, 3, 6, 5, generator=torch.Generator().manual_seed(1))
    outputs = {
        "scores": scores,
        "logarithms": scores.log_softmax(1),
        "probabilities": scores.softmax(1),
    }[end].requires_grad_()
    target = labels()
    known = target != IGNORED
    loss = make_loss(plan(*ENDS[end]), smoothing, 3, masks=True, void=True)(outputs, target)
    chosen = scores.movedim(1, -1)[known]
    expected = torch.nn.functional.cross_entropy(chosen, target[known], label_smoothing=smoothing)
    assert loss.item() == pytest.approx(expected.item(), rel=1e-5)
    loss.backward()
    assert outputs.grad is not None
    assert outputs.grad.movedim(1, -1)[~known].abs().sum() == 0
    assert outputs.grad.movedim(1, -1)[known].abs().sum() > 0


def test_a_batch_of_nothing_but_void_costs_nothing() -> None:
    outputs = torch.randn(2, 3, 6, 5, requires_grad=True)
    target = torch.full((2, 6, 5), IGNORED)
    loss = make_loss(plan(), 0.0, 3, masks=True, void=True)(outputs, target)
    loss.backward()
    assert loss.item() == 0
    assert outputs.grad is not None
    assert outputs.grad.abs().sum() == 0
    assert right_share(outputs, target).tolist() == [0, 0]


def test_accuracy_and_overlap_are_of_the_other_pixels() -> None:
    target = labels()
    outputs = torch.nn.functional.one_hot(target.clamp_min(0), 3).movedim(-1, 1).float()
    outputs[:, :, 1] = outputs[:, [1, 2, 0], 1]
    right = (outputs.argmax(1) == target).flatten(1).sum(1)
    shares = right_share(outputs, target)
    assert shares.tolist() == pytest.approx([int(right[0]) / 25, int(right[1]) / 24])
    counts = pixel_counts(outputs, target)
    assert int(counts.sum()) == 49
    assert int(counts.trace()) == int(right.sum())
    stored = target.masked_fill(target == IGNORED, VOID).byte().numpy()
    predicted = outputs.argmax(1).byte().numpy()
    assert np.array_equal(count_pixels(stored, predicted, 3), counts.numpy())


def test_void_pixels_do_not_move_the_overlap() -> None:
    mask = np.array([[0, 1, VOID, VOID]], np.uint8)
    predicted = np.array([[0, 1, 0, 1]], np.uint8)
    assert mean_overlap(count_pixels(mask, predicted, 2)) == 1.0


def voc(n_images: int = 12) -> DataSet:
    """Bright squares in masks with a border of void."""
    images = torch.full((n_images, 3, 6, 5), 40, dtype=torch.uint8)
    masks = torch.zeros((n_images, 6, 5), dtype=torch.uint8)
    images[:, :, 2:5, 1:4] = 220
    masks[:, 2:5, 1:4] = 1
    masks[:, 1, :] = VOID
    return DataSet("squares", images, masks, ("ground", "square"))


def test_batches_have_void_as_torch_leaves_it_out() -> None:
    data = prepare(voc(), SIZE, "cpu")
    assert data.void
    _, y = next(data.train_batches(0, 0, 4))
    assert sorted(y.unique().tolist()) == [IGNORED, 0, 1]
    sample = data.image(0)
    assert sample.mask is not None
    assert sorted(np.unique(sample.mask).tolist()) == [0, 1, VOID]
    assert sample.label == 0


def test_a_training_with_void_learns_the_rest_and_looks_at_it() -> None:
    settings = TrainingSettings.make(
        {"epochs": 8, "device": "cpu", "batch_size": 4, "learning_rate": 0.2}
    )
    events = list(train(plan(classes=2), settings, prepare(voc(), SIZE, "cpu")))
    assert not [event for event in events if isinstance(event, Failed)]
    last = [event for event in events if isinstance(event, EpochDone)][-1]
    assert last.validation_accuracy == 1.0
    assert last.validation_iou == 1.0


def test_labels_beyond_the_classes_are_refused_where_void_is_not() -> None:
    good = voc()
    for value in (2, 254):
        masks = good.labels.clone()
        masks[0, 0, 0] = value
        with pytest.raises(ValueError, match="one of the classes"):
            DataSet("bad", good.images, masks, good.classes)

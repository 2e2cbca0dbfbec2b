"""U-Net learns masks: data with a class for every pixel, its loss, its accuracy, and refusals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from backend.channel.events import EpochDone, Failed, Finished, Progress
from backend.channel.looking import View
from backend.data.base.convert import convert, convert_masks
from backend.data.base.dataset import DataSet, DataSplit
from backend.data.base.prepare import Prepared, prepare
from backend.data.base.shapes import plan_conversion
from backend.data.catalogue import open_data
from backend.data.formats.silhouettes import CLASSES, NAME, THRESHOLD
from backend.data.look import look_at
from backend.data.targets import check_target
from backend.inside.probe import Probe
from backend.model.build import build
from backend.model.losses import make_loss, pixel_counts, right_share
from backend.model.overlap import count_pixels
from backend.training.settings import TrainingSettings
from backend.training.trainer import train
from backend.training.worker import DataRequest, Worker
from graph.analysis.analysis import Analysis
from graph.calls.call import Shape
from graph.calls.plan import Plan
from graph.layers.activation.along_axis import LogSoftmax
from graph.layers.convolution.plain import Conv2d
from graph.layers.io import Input, Output
from graph.planning.planner import make_plan
from graph.templates.registry import find_template
from graph.values.message import UserError
from tests.backend.networks import template_plan
from tests.generators import chain

SIDE = 32


def unet(side: int = SIDE) -> Plan:
    template = find_template("unet")
    assert template is not None
    network = template.build((1, side, side), 2).network
    analysis = Analysis(network)
    assert analysis.faults() == [], "an output that is a mask is no fault"
    return make_plan(network, analysis, "UNet")


@pytest.fixture(scope="module")
def few() -> DataSet:
    """300 pictures to train and 40 to validate."""
    data = open_data(NAME)
    whole = data.split()
    return DataSet(
        data.name,
        data.images,
        data.labels,
        data.classes,
        DataSplit(whole.train[:300], whole.validation[:40]),
    )


def prepared(few: DataSet, side: int = SIDE) -> Prepared:
    return prepare(few, (1, side, side))


def run(plan: Plan, data: Prepared, **settings: Any) -> list[Any]:
    values = {"epochs": 1, "device": "cpu", "batch_size": 10, "learning_rate": 0.05}
    return list(train(plan, TrainingSettings.make({**values, **settings}), data))


def test_silhouettes_are_the_bright_pixels_of_real_images(few: DataSet) -> None:
    source = look_at(NAME).source
    assert source.masks
    assert (source.shape, source.classes, source.n_train) == ((1, 28, 28), CLASSES, 10_000)
    assert few.masks
    assert few.labels.dtype == torch.uint8
    assert torch.equal(few.labels == 1, few.images[:, 0] > THRESHOLD)
    background, garment = few.counts()
    assert background > 0.99 * len(few)
    assert garment == len(few)


def test_masks_follow_their_images_to_another_size() -> None:
    image = torch.zeros(1, 1, 6, 4, dtype=torch.uint8)
    image[0, 0, :3, 1:] = 255
    masks = (image[:, 0] > 0).byte()
    shapes: list[tuple[Shape, Any]] = [
        ((1, 12, 8), "resize"),
        ((1, 9, 8), "pad"),
        ((1, 3, 3), "pad"),
    ]
    for shape, fit in shapes:
        conversion = plan_conversion((1, 6, 4), shape, fit)
        found = convert_masks(masks, conversion)
        assert found.shape == (1, *shape[1:])
        brightness = convert(image, conversion)[:, 0].float() / 255
        assert ((brightness > 0.5) != (found > 0)).float().mean() < 0.15
        assert set(found.unique().tolist()) == {0, 1}


def test_unet_learns_which_pixels_are_garment(few: DataSet) -> None:
    events = run(unet(), prepared(few))
    assert not [event for event in events if isinstance(event, Failed)]
    points = [p for event in events if isinstance(event, Progress) for p in event.points]
    assert len(points) == 30
    assert points[-1].loss < 0.5 * points[0].loss
    assert 0 < points[0].accuracy < 1
    (epoch,) = (event for event in events if isinstance(event, EpochDone))
    assert epoch.validation_accuracy > 0.9
    assert epoch.validation_iou is not None
    assert 0.7 < epoch.validation_iou < epoch.validation_accuracy
    assert isinstance(events[-1], Finished)


def test_images_of_odd_sizes_are_padded_and_cut() -> None:
    module = build(unet(28)).eval()
    with torch.no_grad():
        assert module(torch.rand(1, 1, 28, 28)).shape == (1, 2, 28, 28)


def test_the_loss_is_the_mean_of_all_pixels_and_the_accuracy_their_share() -> None:
    outputs, labels = torch.randn(3, 2, 5, 4), torch.randint(0, 2, (3, 5, 4))
    network, _ = chain(
        Input(shape=(2, 5, 4)), Conv2d(out_channels=2, padding=(1, 1)), Output(target="mask")
    )
    plan = make_plan(network, Analysis(network), "Maps")
    flat = outputs.permute(0, 2, 3, 1).reshape(-1, 2)
    expected = torch.nn.functional.cross_entropy(flat, labels.flatten())
    assert torch.allclose(make_loss(plan, 0.0, 2, masks=True)(outputs, labels), expected)
    shares = (flat.argmax(1) == labels.flatten()).float().view(3, -1).mean(1)
    assert torch.allclose(right_share(outputs, labels), shares)


def test_logarithms_of_maps_give_the_same_loss() -> None:
    layers = Conv2d(out_channels=2, kernel_size=(1, 1)), LogSoftmax(dim=1)
    network, _ = chain(Input(shape=(1, 4, 4)), *layers, Output(target="mask"))
    plan = make_plan(network, Analysis(network), "Maps")
    logits, labels = torch.randn(2, 2, 4, 4), torch.randint(0, 2, (2, 4, 4))
    loss = make_loss(plan, 0.1, 2, masks=True)(logits.log_softmax(1), labels)
    expected = torch.nn.functional.cross_entropy(logits, labels, label_smoothing=0.1)
    assert torch.allclose(loss, expected)


def test_a_look_inside_gives_the_mean_probability_of_each_class(few: DataSet) -> None:
    plan = unet()
    module = build(plan)
    data = prepared(few)
    found = Probe(module, plan).probabilities(data.image(0).x)
    assert found.shape == (2,)
    assert found.sum() == pytest.approx(1, abs=1e-5)
    assert data.image(0).label in (0, 1)
    looked = Probe(module, plan).look(data, View())
    assert looked.mask is not None
    assert looked.predicted is not None
    assert np.array_equal(looked.mask, data.image(0).mask)
    module.eval()
    likeliest = module(data.image(0).x)[0].argmax(0)
    assert np.array_equal(looked.predicted, likeliest.numpy())


def test_boxes_are_refused_before_torch_and_data(tmp_path: Path) -> None:
    network, _ = chain(Input(shape=(1, 8, 8)), Conv2d(), Output(target="boxes"))
    plan = make_plan(network, Analysis(network), "Boxes")
    assert plan.targets == ("boxes",)
    worker = Worker(plan, TrainingSettings(), DataRequest(str(tmp_path / "missing")))
    worker.start()
    assert worker.join(60)
    (event,) = worker.drain()
    assert isinstance(event, Failed)
    assert "opened, counted and exported" in str(event.message)


def test_overlap_is_counted_alike_on_the_device() -> None:
    outputs, labels = torch.randn(2, 3, 5, 4), torch.randint(0, 3, (2, 5, 4))
    predicted = outputs.argmax(1).byte().numpy()
    expected = count_pixels(labels.byte().numpy(), predicted, 3)
    assert np.array_equal(pixel_counts(outputs, labels).numpy(), expected)


def failure(plan: Plan, data: Prepared) -> str:
    last = run(plan, data)[-1]
    assert isinstance(last, Failed)
    return str(last.message)


def test_masks_and_classes_are_not_mixed_up(few: DataSet) -> None:
    assert "has a mask for each image" in failure(template_plan("lenet5"), prepared(few))
    data = open_data("fashion-sample")
    classes = DataSet(data.name, data.images, data.labels, data.classes, few.fixed)
    assert "one value per class" in failure(unet(), prepare(classes, (1, SIDE, SIDE)))


@pytest.mark.parametrize(
    ("target", "masks", "words"),
    [
        ("class", True, "segmentation"),
        ("mask", False, "silhouettes"),
        ("boxes", False, "train it elsewhere"),
    ],
)
def test_what_the_output_tells_is_compared_with_the_data(
    target: str, masks: bool, words: str
) -> None:
    with pytest.raises(UserError, match=words):
        check_target(target, masks=masks)
    check_target("mask" if masks else "class", masks=masks)

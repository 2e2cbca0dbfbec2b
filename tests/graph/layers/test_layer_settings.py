"""Absurd values: every field of every type refuses them in one sentence, before torch sees them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from graph.layers.activation.piecewise import ReLU
from graph.layers.base.layer import Layer
from graph.layers.convolution.plain import Conv2d
from graph.layers.io import Input
from graph.layers.normalisation import BatchNorm2d
from graph.layers.pooling.plain import MaxPool2d
from graph.layers.registry import LAYERS
from graph.layers.reshaping.flatten import Flatten
from graph.values.declaration import FieldError, FieldKind, fields_of
from tests.generators import absurd_values, is_value

FIELDS = [(layer, name) for layer in LAYERS for name in fields_of(layer)]
REPOSITORY = Path(__file__).parents[3]


def plainly_fine(layer: type[Layer], name: str, value: object) -> bool:
    """What a field takes, said a second time and in simpler words."""
    spec = fields_of(layer)[name]
    if value is None:
        return spec.optional
    if isinstance(value, str):
        return value in spec.words
    if spec.kind is FieldKind.FLAG:
        return isinstance(value, bool)
    if isinstance(value, bool) or spec.kind is FieldKind.CHOICE:
        return False
    if spec.kind is FieldKind.INTEGER:
        return isinstance(value, int) and spec.minimum <= value <= spec.maximum
    if spec.kind is FieldKind.REAL:
        low = value == spec.minimum and spec.open_minimum if isinstance(value, (int, float)) else 0
        return isinstance(value, (int, float)) and not low and spec.minimum <= value <= spec.maximum
    fixed = {FieldKind.PAIR: (2, 2), FieldKind.TRIPLE: (3, 3), FieldKind.EXTENT: (1, 4)}
    least, most = fixed.get(spec.kind, spec.lengths)
    numbers = (int, float) if spec.kind is FieldKind.REALS else (int,)
    return (
        isinstance(value, tuple)
        and least <= len(value) <= most
        and all(type(v) in numbers and spec.minimum <= v <= spec.maximum for v in value)
    )


@pytest.mark.parametrize(("layer", "name"), FIELDS, ids=lambda x: getattr(x, "__name__", x))
def test_absurd_values_are_refused_by_name(layer: type[Layer], name: str) -> None:
    for value in absurd_values():
        assert is_value(layer, name, value) == plainly_fine(layer, name, value), repr(value)[:80]


def test_absurd_values_never_reach_torch() -> None:
    code = (
        "import sys; sys.modules['torch'] = None\n"
        "from graph.values.declaration import fields_of\n"
        "from graph.layers.registry import LAYERS\n"
        "from tests.generators import absurd_values, is_value\n"
        "print(sum(not is_value(layer, name, value) for layer in LAYERS\n"
        "          for name in fields_of(layer) for value in absurd_values()))\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    assert int(run.stdout) > 1000


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.__name__)
def test_unknown_setting_is_refused_by_name(layer: type[Layer]) -> None:
    for name in ("kernels", "in_channels", "", "__class__", "model_config", "self", "x" * 1000):
        with pytest.raises(FieldError) as caught:
            layer.make({name: 1})
        assert caught.value.field == name
        assert layer.__name__ in str(caught.value)
        assert len(str(caught.value)) < 400


WHOLE_NUMBERS = (
    *(FieldKind.INTEGER, FieldKind.PAIR, FieldKind.TRIPLE),
    *(FieldKind.EXTENT, FieldKind.INTEGERS),
)


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.__name__)
def test_every_field_has_default_help_and_bounds(layer: type[Layer]) -> None:
    made = layer()
    assert made.differing() == {}
    assert layer.summary.endswith(".")
    for name, spec in fields_of(layer).items():
        spec.check(spec.default)
        assert spec.help.endswith("."), name
        assert spec.rule().text()
        whole = spec.kind in WHOLE_NUMBERS
        assert not whole or -(2**31) < spec.minimum < spec.maximum < 2**31, name


def test_a_layer_cannot_be_changed_in_place() -> None:
    layer = Conv2d()
    with pytest.raises(Exception, match="frozen"):
        layer.out_channels = 2**62  # type: ignore[misc]
    with pytest.raises(FieldError, match="out_channels"):
        layer.changed(out_channels=0)
    assert layer.changed(out_channels=64) == Conv2d(out_channels=64)
    assert hash(layer) == hash(Conv2d())


@pytest.mark.parametrize(
    ("layer", "settings", "sentence"),
    [
        (Conv2d, {"out_channels": 0}, "out_channels 0: must be a whole number from 1 to 65536"),
        (Conv2d, {"out_channels": "3"}, 'out_channels "3": must be a whole number from 1 to 65536'),
        (
            Conv2d,
            {"kernel_size": (3, 0)},
            "kernel_size 3×0: must be two whole numbers from 1 to 1024",
        ),
        (
            Conv2d,
            {"padding": "half"},
            "padding half: must be two whole numbers from 0 to 1024, or same, valid, full",
        ),
        (
            Conv2d,
            {"padding_mode": "mirror"},
            "padding_mode mirror: must be one of zeros, reflect, replicate, circular",
        ),
        (ReLU, {"inplace": 1}, "inplace 1: must be true or false"),
        (BatchNorm2d, {"eps": 0.0}, "eps 0: must be a number between 0 and 1"),
        (BatchNorm2d, {"momentum": 2.0}, "momentum 2: must be a number from 0 to 1"),
        (Flatten, {"start_dim": 0}, "start_dim 0: must be a whole number from 1 to 3"),
        (Input, {"shape": ()}, "shape : must be one to four whole numbers from 1 to 8192"),
        (MaxPool2d, {"size": 2}, "MaxPool2d has no setting called size; it has kernel_size"),
    ],
)
def test_sentences(layer: type[Layer], settings: dict[str, object], sentence: str) -> None:
    with pytest.raises(FieldError) as caught:
        layer.make(settings)
    assert str(caught.value).startswith(sentence)

"""How the papers trained is a training that this program can do."""

from __future__ import annotations

import pytest

from backend.training.settings import TrainingSettings
from graph.templates.registry import TEMPLATES

RECIPES = {t.name: t.literature.recipe for t in TEMPLATES if t.literature and t.literature.recipe}


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_is_a_set_of_training_settings(name: str) -> None:
    settings = TrainingSettings.make(RECIPES[name].settings)
    assert settings.optimizer == "SGD"
    assert settings.momentum == 0.9


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("alexnet-2012", {"batch_size": 128}),
        ("vgg16", {"batch_size": 256, "weight_decay": 0.0005, "learning_rate": 0.01}),
        ("resnet50", {"batch_size": 256}),
    ],
)
def test_the_recipes_of_the_lectures(name: str, wanted: dict[str, float]) -> None:
    settings = TrainingSettings.make(RECIPES[name].settings)
    assert {key: getattr(settings, key) for key in wanted} == wanted

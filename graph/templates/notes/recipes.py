"""How the papers trained their networks, as settings of a training of this program."""

from __future__ import annotations

from graph.templates.notes.literature import Recipe
from graph.values.message import say

ALEXNET_RECIPE = Recipe(
    say(
        "SGD with momentum 0.9, batches of 128, weight decay 0.0005, dropout 0.5; learning rate "
        "0.01, divided by 10 whenever the validation error stood still, about 90 epochs. Images "
        "were shifted and mirrored, and their colours changed."
    ),
    {
        "optimizer": "SGD",
        "momentum": 0.9,
        "batch_size": 128,
        "weight_decay": 0.0005,
        "learning_rate": 0.01,
        "schedule": "step",
        "step_size": 30,
        "step_factor": 0.1,
        "label_smoothing": 0.0,
        "epochs": 90,
    },
)
VGG_RECIPE = Recipe(
    say(
        "SGD with momentum 0.9, batches of 256, weight decay 0.0005, dropout 0.5 in the first two "
        "linear layers; learning rate 0.01, divided by 10 on a plateau, 74 epochs. The deep "
        "networks started from the trained shallow one (Start from … both ends)."
    ),
    {
        "optimizer": "SGD",
        "momentum": 0.9,
        "batch_size": 256,
        "weight_decay": 0.0005,
        "learning_rate": 0.01,
        "schedule": "step",
        "step_size": 25,
        "step_factor": 0.1,
        "label_smoothing": 0.0,
        "epochs": 74,
    },
)
RESNET_RECIPE = Recipe(
    say(
        "SGD with momentum 0.9, batches of 256, weight decay 0.0001, no dropout; learning rate "
        "0.1, divided by 10 on a plateau. Batch normalisation stands behind each convolution, "
        "before the activation."
    ),
    {
        "optimizer": "SGD",
        "momentum": 0.9,
        "batch_size": 256,
        "weight_decay": 0.0001,
        "learning_rate": 0.1,
        "schedule": "step",
        "step_size": 30,
        "step_factor": 0.1,
        "label_smoothing": 0.0,
        "initialisation": "kaiming_normal",
        "epochs": 90,
    },
)

"""Sentences about a run, for the Output panel and for the line over the charts."""

from __future__ import annotations

from pathlib import Path

from backend.channel.events import EpochDone, Finished, Started
from gui.language.text import duration, full, number, percent, tr, tr_count


def beginning(event: Started, folder: Path | None) -> str:
    """What is trained, where, and on how many images."""
    return tr(
        "{parameters} on {device}; {train} to train, {validation} to validate; weights go to "
        "{folder}.",
        parameters=tr_count("{n} parameter", "{n} parameters", event.parameters),
        device=event.device,
        train=tr_count("{n} image", "{n} images", event.n_train),
        validation=full(event.n_validation),
        folder=str(folder),
    )


def epoch_line(event: EpochDone) -> str:
    """The figures of an epoch."""
    figures = tr(
        "Epoch {epoch}: loss {loss}, validation loss {validation}, validation accuracy {accuracy}",
        epoch=event.epoch,
        loss=number(event.train_loss),
        validation=number(event.validation_loss),
        accuracy=percent(event.validation_accuracy, 2),
    )
    if event.validation_iou is not None:
        share = percent(event.validation_iou, 2)
        figures = tr("{figures} of the pixels, mean IoU {share}", figures=figures, share=share)
    return tr("{figures}, the best so far", figures=figures) if event.best else figures


def outcome(event: Finished) -> str:
    """How a run ended."""
    time = duration(event.seconds)
    if event.reason == "stopped" and event.epochs == 0:
        words = tr("Stopped within the first epoch, after {time}.", time=time)
    elif event.reason == "stopped":
        words = tr_count(
            "Stopped after one whole epoch and {time}.",
            "Stopped after {n} whole epochs and {time}.",
            event.epochs,
            time=time,
        )
    else:
        words = tr_count(
            "The epoch is done in {time}.",
            "All {n} epochs are done in {time}.",
            event.epochs,
            time=time,
        )
    if event.best_accuracy is not None:
        best = percent(event.best_accuracy, 2)
        words += " " + tr(
            "Best validation accuracy {accuracy} in epoch {epoch}.",
            accuracy=best,
            epoch=event.best_epoch,
        )
    return words

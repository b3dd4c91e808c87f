"""Constraints and texts of the parameters that several estimators share."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass, is_dataclass
from inspect import cleandoc
from numbers import Integral, Real
from typing import Any, dataclass_transform

import numpy as np
from sklearn.utils import check_random_state

from ._compat import Interval, StrOptions
from ._groups import GroupedParams
from ._trainer import Trainer

TRAINING: dict[str, list] = {
    "learning_rate": [Interval(Real, 0, None, closed="neither")],
    "batch_size": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
    "max_epochs": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
    "early_stopping": ["boolean"],
    "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
    "n_iter_no_change": [Interval(Integral, 1, None, closed="left")],
    "refit": ["boolean"],
    "trainer": [Trainer, None],
    "random_state": ["random_state"],
    "verbose": ["verbose"],
}


@dataclass_transform(kw_only_default=True, eq_default=False)
def parameters(cls: type) -> type:
    """Make a constructor that takes the annotated attributes of a class and of its bases.

    scikit-learn and sktime want each parameter in the signature, and stored as it came: so does
    the constructor of a dataclass.
    """
    return dataclass(kw_only=True, eq=False, repr=False)(cls)


@parameters
class Training(GroupedParams):
    """Parameters of the training."""

    learning_rate: float = 0.01
    batch_size: int | str = "auto"
    max_epochs: int | str = "auto"
    early_stopping: bool = False
    validation_fraction: float = 0.1
    n_iter_no_change: int = 10
    refit: bool = False
    trainer: Trainer | None = None
    random_state: Any = None
    verbose: int = 0


TEXTS = {
    "loss": """
    loss : {"squared_error", "absolute_error", "huber"}, default="squared_error"
        Loss on the standardised targets. The squared one follows rare large deviations, such as
        holidays in daily series; the absolute one does not.
    """,
    "class_weight": """
    class_weight : dict, "balanced" or None, default=None
        Weights of the classes; "balanced" gives all classes the same weight in total.
    """,
    "warm_start": """
    warm_start : bool, default=False
        Whether `fit` goes on from the weights of the last call, at a constant rate: a tenth of
        `learning_rate`.
    """,
    "fitted": """
    history_ : dict of str to list of float
        One entry per epoch: "loss", "learning_rate" and, with validation, "val_loss".
    n_iter_ : int
        Number of epochs run.
    best_epoch_ : int
        Index of the epoch in ``history_`` with the best weights.
    n_channels_in_ : int
        Number of channels of the sequences.
    n_features_in_ : int
        Number of columns of `X`, when it was 2-D.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of its columns, when all were strings.
    """,
    "input": """
    n_channels : int, default=None
        Read a 2-D `X` of shape (n_samples, n_timesteps * n_channels) as flattened sequences of
        so many channels. None means one channel.
    """,
    "training": """
    learning_rate : float, default=0.01
        Peak of the one-cycle schedule.
    batch_size : int or "auto", default="auto"
        Rows of a batch. "auto" takes all rows up to 64, then 32, and more from 16,000 rows on, if
        a batch then has no more than 16,384 steps.
    max_epochs : int or "auto", default="auto"
        Passes over the data. "auto" takes ``30 sqrt(n)`` updates, at least 300, and at least 5
        passes, where n is the number of rows (the sum of the weights if they are whole numbers).
    """,
    "stopping": """
    early_stopping : bool, default=False
        Whether to stop when the validation loss does not improve any more, and to keep the
        best weights. Patience begins behind the peak of the learning rate.
    validation_fraction : float, default=0.1
        Part of the training data that is set aside, in (0, 1), if `fit` gets no `X_val`.
    n_iter_no_change : int, default=10
        Epochs without improvement that end the training.
    refit : bool, default=False
        Whether to train again on all data, validation data included, with the same schedule up
        to the best epoch.
    """,
    "window": """
    window_length : int or "auto", default="auto"
        Steps that the network reads. "auto" takes two seasons, 1.25 horizons or, where it is
        read in segments, as many as the regressions of the baseline read, whichever is longest; at
        least 8 and at most half of the longest series.
    strategy : {"multioutput", "recursive"}, default="multioutput"
        Whether the network returns all steps of the horizon at once, or one step or block of steps
        (``examples=Examples(block_length=...)``), which it then reads to forecast the next.
        Horizons longer than the trained one are always forecast in this way, block by block.
    sp : int or "auto", default="auto"
        Seasonal periodicity in steps. "auto" compares none, that of the calendar (12 months, 7
        days, 24 hours, ...) and that of a week by held-out forecasts; an index without a calendar
        is searched for one.
    transform : {"auto", "log", None}, default="auto"
        Whether to learn the logarithm. "auto" does so for positive series whose changes grow
        with their level, unless held-out forecasts speak against it.
    baseline : {"auto", "smoothing", "theta", "linear", "naive", "median", "drift", None}, \
            default="auto"
        Forecast whose error the network learns: exponential smoothing, averaged over its
        parameters; the method of Theta; a regression on the window, the same for all series; the
        last season, the median of up to five seasons step by step, or the last season and the mean
        change between seasons. None is the level of the last season. "auto" is a mean of the first
        three, weighted by their errors on held-out origins, in series of more than 1,000 steps on
        earlier ones, too, and with ``strategy="recursive"`` the best of "naive", "median" and
        "drift".
    normalization : {"auto", "standard"}, default="auto"
        Units in which the network reads and forecasts. "auto" takes the level of the last season
        at the origin and the size of the changes between seasons. "standard" takes mean and
        standard deviation of each series, those of the training part, or for series that `fit`
        has not trained on those of the history so far: with ``baseline=None`` it is the plain
        network of the textbooks. There is no baseline "linear" with it.
    covariates : Covariates, default=None
        Roles of the columns of `X`, features of the calendar, holidays. None means
        ``Covariates()``: all columns are known for the horizon.
    examples : Examples, default=None
        How training examples are cut from the series. None means ``Examples()``.
    cold_start : bool, default=False
        Whether to train a second network on pieces of the series, as if each had begun there. It
        forecasts from histories that are too short for the first one, which learns from those of
        two seasons and ten steps: new series, of one step or more.
    """,
    "forecast_training": """
    learning_rate : float, default=0.01
        Peak of the one-cycle schedule.
    batch_size : int or "auto", default="auto"
        Origins of a batch. "auto" takes all up to 64, then 32, and more from 16,000 on, as far as
        a batch then has no more than 16,384 steps.
    max_epochs : int or "auto", default="auto"
        Epochs, of at most 50 batches of origins drawn at random. "auto" takes ``30 sqrt(n)``
        updates for n origins, or half as many if the baseline is statistical; at least 300 and at
        most 2,000.
    early_stopping : bool, default=True
        Whether to keep the weights with the lowest loss on the held-out origins, the baseline
        alone included, and to stop when it does not fall any more.
    validation_fraction : float, default=0.2
        Newest part of each series whose origins are held out, for stopping and for the
        calibration of the intervals, in (0, 1).
    n_iter_no_change : int, default=20
        Epochs without improvement that end the training.
    refit : bool, default=True
        Whether to train again on everything, with the same schedule up to the best epoch.
    n_members : int, default=1
        Networks that are trained from different initial weights; the forecast is their mean.
    """,
    "forecast_fitted": """
    module_ : torch.nn.Module
        The trained network.
    plan_ : Plan
        What was chosen from the data, and why: ``print(forecaster.plan_)`` tells in words.
    history_ : dict of str to list of float
        One entry per epoch: "loss", "learning_rate" and, with held-out origins, "val_loss".
    n_iter_ : int
        Number of epochs run before the training on everything.
    best_epoch_ : int
        Index of the epoch in ``history_`` whose weights were best; -1 if the baseline was.
    correction_weight_ : float
        How much of the network's correction of the baseline is believed, in [0, 1], as the
        held-out origins suggest.
    """,
    "running": """
    trainer : Trainer, default=None
        How to run: optimiser, schedule, clipping, device, precision. None means ``Trainer()``;
        ``set_params(trainer__device="cuda")`` works all the same.
    random_state : int, RandomState or None, default=None
        Decides initial weights, order of the rows, split and dropout. An int gives the same
        weights each time, bit for bit, on one machine and number of threads.
    verbose : int, default=0
        1 shows a progress bar with the losses and the time left.
    """,
}


def fill_in(**texts: str) -> Callable[[type], type]:
    """Return a class decorator that puts shared parameter texts into the docstring.

    ``%(training)s`` in the docstring becomes the text of that name, one of `TEXTS` or of `texts`.
    """
    filled = {name: cleandoc(text) for name, text in {**TEXTS, **texts}.items()}

    def decorate(cls: type) -> type:
        if cls.__doc__:  # there is none under python -OO
            cls.__doc__ = cleandoc(cls.__doc__) % filled
            if is_dataclass(cls):
                _order_as_told(cls)
        return cls

    return decorate


def _order_as_told(cls: Any) -> None:
    """Let the signature have the order of the docstring, not that of the bases."""
    told = re.findall(r"^(\w+) : ", cls.__doc__, re.MULTILINE)
    signature = inspect.signature(cls.__init__)
    own, *keywords = signature.parameters.values()
    keywords.sort(key=lambda parameter: told.index(parameter.name))
    cls.__init__.__signature__ = signature.replace(parameters=[own, *keywords])


def draw_seed(random_state: Any) -> int:
    """Return a seed: fresh entropy for None; a passed RandomState advances.

    ``check_random_state(None)`` would advance NumPy's global generator.
    """
    if random_state is None:
        return int(np.random.SeedSequence().generate_state(1)[0])
    return int(check_random_state(random_state).randint(2**31 - 1))

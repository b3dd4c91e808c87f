"""How to run the training, as one cloneable object that all estimators share."""

from __future__ import annotations

import os
from collections.abc import Callable
from numbers import Integral, Real
from typing import Any

from ._compat import Interval, StrOptions
from ._constructors import parameters
from ._parameter_group import ParameterGroup
from .training import OPTIMIZERS, SCHEDULES, Settings, resolve_device


@parameters
class Trainer(ParameterGroup):
    """How to run the training: optimiser, schedule, clipping, device, precision, checkpoints.

    Parameters
    ----------
    optimizer : {"adam", "adamw", "sgd"}, default="adam"
        Optimiser; "sgd" has Nesterov momentum 0.9.
    schedule : {"one_cycle", "constant"}, default="one_cycle"
        Learning rate schedule. "one_cycle" rises to `learning_rate` over the first 30 % of the
        training and then falls to nearly zero (Smith & Topin, 2019).
    weight_decay : float, default=0.0
        Weight decay of the optimiser.
    clip_norm : float or None, default=1.0
        Largest norm of the gradient of all weights together; None does not clip.
    clip_value : float or None, default=None
        Largest absolute value of each element of the gradient, clipped before the norm is.
    gradient_norms : bool, default=False
        Whether ``history_`` has, for each epoch, the mean ("gradient_norm") and the largest
        ("largest_gradient_norm") norm of the gradient before clipping.
    tbptt_steps : int or None, default=None
        Truncated backpropagation through time (Williams & Peng, 1990): the gradient stops after
        this many steps and the state continues, so that memory does not grow with the length.
        With one target per step, each piece updates the weights. One target per sequence is
        learned from its last `tbptt_steps` steps, starting with the state of the steps before.
        Needs ``bidirectional=False``, no stem, and ``pooling="last"`` or one target per step.
    device : str, default="cpu"
        Device of torch, such as "cpu" or "cuda:0"; "auto" takes a GPU if there is one.
    precision : {"float32", "float64"}, default="float32"
        Floating-point type of weights and computation.
    callback : callable, default=None
        Called after every epoch with a dict of "epoch", "loss", "learning_rate" and, with
        validation, "val_loss". The training ends if it returns True.
    checkpoint_dir : str or path-like, default=None
        Folder for checkpoints. Each training makes a folder of its own in it, ``fit-1``, ``fit-2``
        and so on: each member, the refit, and fits that run at the same time. There are the weights
        after the last epoch (``last.pt``) and after the last improvement (``best.pt``), as
        ``module_.load_state_dict(torch.load(path))`` reads them.
    on_interrupt : {"auto", "keep", "raise"}, default="auto"
        What an interrupt (Ctrl-C) does once an epoch is complete. "keep" ends the training with a
        warning and keeps the best network so far: in the refit that of the training with
        validation, and of several members those that are complete. "raise" raises
        KeyboardInterrupt and leaves the estimator as it was before the call. "auto" keeps if you
        call the estimator or a pipeline, and raises within searches, ensembles and other tools of
        scikit-learn, sktime, joblib, Dask, Ray and Optuna, which would otherwise continue with the
        next fit.

    Examples
    --------
    >>> from skrnn import LSTMRegressor, Trainer
    >>> model = LSTMRegressor(trainer=Trainer(weight_decay=1e-4))
    >>> model.set_params(trainer__clip_norm=0.5).get_params()["trainer__clip_norm"]
    0.5
    """

    optimizer: str = "adam"
    schedule: str = "one_cycle"
    weight_decay: float = 0.0
    clip_norm: float | None = 1.0
    clip_value: float | None = None
    gradient_norms: bool = False
    tbptt_steps: int | None = None
    device: str = "cpu"
    precision: str = "float32"
    callback: Callable[[dict], bool | None] | None = None
    checkpoint_dir: str | os.PathLike | None = None
    on_interrupt: str = "auto"

    _parameter_constraints = {
        "optimizer": [StrOptions(set(OPTIMIZERS))],
        "schedule": [StrOptions(set(SCHEDULES))],
        "weight_decay": [Interval(Real, 0, None, closed="left")],
        "clip_norm": [Interval(Real, 0, None, closed="neither"), None],
        "clip_value": [Interval(Real, 0, None, closed="neither"), None],
        "gradient_norms": ["boolean"],
        "tbptt_steps": [Interval(Integral, 1, None, closed="left"), None],
        "device": [str],
        "precision": [StrOptions({"float32", "float64"})],
        "callback": [callable, None],
        "checkpoint_dir": [str, os.PathLike, None],
        "on_interrupt": [StrOptions({"auto", "keep", "raise"})],
    }


def make_settings(trainer: Trainer | None, **settings: Any) -> Settings:
    """Return the settings of the loop; a device that is not available raises a ValueError."""
    params = (trainer or Trainer()).get_params(deep=False)
    for name in ("weight_decay", "clip_norm", "clip_value"):  # torch needs a float32
        params[name] = None if params[name] is None else min(float(params[name]), 1e38)
    resolve_device(params["device"])
    return Settings(**params, **settings)

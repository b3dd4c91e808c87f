"""The training loop and inference. They run any module and any data of the contract."""

from .budget import (
    LEAST_UPDATES,
    auto_batch_size,
    auto_epochs,
    convolutional_batch_size,
    convolutional_epochs,
    overlapping_epochs,
)
from .custom_loss import CustomLoss
from .devices import one_blas_thread, one_thread, resolve_device
from .inference import Stream, monte_carlo_dropout, predict_module, step_module
from .loop import FitResult, evaluate, fit_module
from .losses import (
    CLASSIFICATION_LOSSES,
    MULTILABEL_LOSSES,
    REGRESSION_LOSSES,
    PinballLoss,
    QuantileLoss,
    cross_entropy,
)
from .optim import OPTIMIZERS, SCHEDULES
from .progress import Progress
from .refit import Trained, fit_and_refit
from .seeds import spawn_seeds, torch_generator
from .settings import Settings
from .tensors import to_cpu

__all__ = [
    "CLASSIFICATION_LOSSES",
    "LEAST_UPDATES",
    "MULTILABEL_LOSSES",
    "OPTIMIZERS",
    "REGRESSION_LOSSES",
    "SCHEDULES",
    "CustomLoss",
    "FitResult",
    "PinballLoss",
    "Progress",
    "QuantileLoss",
    "Settings",
    "Stream",
    "Trained",
    "auto_batch_size",
    "auto_epochs",
    "convolutional_batch_size",
    "convolutional_epochs",
    "cross_entropy",
    "evaluate",
    "fit_and_refit",
    "fit_module",
    "monte_carlo_dropout",
    "one_blas_thread",
    "one_thread",
    "overlapping_epochs",
    "predict_module",
    "resolve_device",
    "spawn_seeds",
    "step_module",
    "to_cpu",
    "torch_generator",
]

"""Plot of the training history."""

import numpy as np
from sklearn.exceptions import NotFittedError

from ._parts import COLOURS, FAINT, INK, axes, legend_above, tidy


def plot_history(estimator, ax=None):
    """Plot the loss and the learning rate over the training epochs.

    Parameters
    ----------
    estimator : object
        A fitted estimator or forecaster with `history_`. If it has a validation loss,
        `best_epoch_` is marked on it.
    ax : matplotlib.axes.Axes, default=None
        The axes to draw on. None draws on a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The axes with the losses. The learning rate is drawn on a second axis on the right.

    Raises
    ------
    NotFittedError
        If the estimator has no `history_`.
    ImportError
        If matplotlib is not installed.

    Notes
    -----
    The scale of the losses is logarithmic if all are positive and the largest is at least five
    times the smallest.

    Examples
    --------
    >>> import numpy as np
    >>> from skrnn import LSTMRegressor
    >>> from skrnn.plotting import plot_history
    >>> X = np.random.default_rng(0).normal(size=(64, 5, 1))
    >>> model = LSTMRegressor(max_epochs=5, random_state=0).fit(X, X[:, -1, 0])
    >>> ax = plot_history(model)  # doctest: +SKIP
    """
    history = getattr(estimator, "history_", None)
    if history is None:
        raise NotFittedError(
            f"This {type(estimator).__name__} has no training history: fit it before calling "
            "plot_history, and pass the estimator itself, not its pipeline or search."
        )
    ax = axes(ax, figsize=(6.4, 3.8))
    curves = {
        key: np.asarray(history[key], dtype=np.float64)
        for key in ("loss", "val_loss", "learning_rate")
        if len(history.get(key, ()))
    }
    rates = curves.pop("learning_rate", None)
    styles = {"loss": ("training", COLOURS[0]), "val_loss": ("validation", COLOURS[1])}
    for key, losses in curves.items():
        label, colour = styles[key]
        marker = "o" if len(losses) == 1 else None
        epochs = np.arange(1, len(losses) + 1)
        ax.plot(epochs, losses, color=colour, lw=1.6, marker=marker, label=label)
    best = getattr(estimator, "best_epoch_", -1)
    if best >= 0 and "val_loss" in curves:
        style = {"color": INK, "ms": 6, "zorder": 4, "clip_on": False}
        y = curves["val_loss"][best]
        ax.plot([best + 1], [y], "o", label=f"best epoch ({best + 1})", **style)
    _use_log_scale(ax, curves.values())
    if rates is not None:
        _plot_rates(ax, rates)
    tidy(ax, grid=True)
    n_epochs = max((len(losses) for losses in curves.values()), default=1)
    ax.set(xlabel="epoch", ylabel="loss", xlim=(0.5, n_epochs + 0.5))
    ax.xaxis.get_major_locator().set_params(integer=True, min_n_ticks=1)
    legend_above(ax)
    return ax


def _use_log_scale(ax, curves):
    from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

    finite = np.concatenate([curve[np.isfinite(curve)] for curve in curves] or [np.zeros(0)])
    if len(finite) == 0 or finite.min() <= 0 or finite.max() < 5 * finite.min():
        return
    ax.set_yscale("log")
    # Over two decades or less, powers of ten alone are too few labels.
    steps = (1.0, 2.0, 5.0) if finite.max() < 300 * finite.min() else (1.0,)
    ax.yaxis.set_major_locator(LogLocator(subs=steps))
    ax.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    ax.yaxis.set_minor_formatter(NullFormatter())


def _plot_rates(ax, rates):
    right = ax.twinx()
    epochs = np.arange(1, len(rates) + 1)
    right.plot(epochs, rates, color=FAINT, lw=0.9, label="learning rate")
    right.set_ylabel("learning rate", color=FAINT)
    right.tick_params(colors=FAINT)
    right.set_ylim(bottom=0.0)
    right.spines[["top", "left", "bottom"]].set_visible(False)
    right.spines["right"].set_color(FAINT)
    # Draw the losses above the learning rate, and the background below both.
    ax.set_zorder(right.get_zorder() + 1)
    right.patch.set_visible(True)
    ax.patch.set_visible(False)

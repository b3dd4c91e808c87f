"""Plot of attention weights."""

import numpy as np
import pandas as pd

from ._parts import axes


def plot_attention(weights, *, ax=None):
    """Plot how strongly each output step attends to each input step.

    Parameters
    ----------
    weights : array-like of shape (n_output_steps, n_input_steps) or pandas.DataFrame
        Weights of one sequence, as returned by `attention_weights` of a regressor or forecaster.
        The steps of an array are numbered from 0; those of a DataFrame are labelled by its index
        and columns.
    ax : matplotlib.axes.Axes, default=None
        The axes to draw on. None draws on a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The axes, with the first output step on top. Darker cells have more weight.

    Raises
    ------
    ValueError
        If `weights` is empty or holds the weights of several sequences (plot one at a time).
    ImportError
        If matplotlib is not installed.

    Examples
    --------
    >>> import numpy as np
    >>> from skrnn import Seq2SeqRegressor
    >>> from skrnn.plotting import plot_attention
    >>> X = np.random.default_rng(0).normal(size=(64, 6))
    >>> model = Seq2SeqRegressor(attention="dot", max_epochs=5, random_state=0)
    >>> model = model.fit(X, X[:, ::-1].copy())
    >>> ax = plot_attention(model.attention_weights(X)[0])  # doctest: +SKIP
    """
    values = _one_sequence(weights)
    ax = axes(ax, figsize=(6.4, 4.2))
    extent = (-0.5, values.shape[1] - 0.5, values.shape[0] - 0.5, -0.5)
    image = ax.imshow(values, cmap="Blues", vmin=0.0, aspect="auto", extent=extent)
    bar = ax.figure.colorbar(image, ax=ax, label="weight", pad=0.02)
    bar.outline.set_visible(False)
    ax.spines[:].set_visible(False)
    ax.set(xlabel="input step", ylabel="output step")
    frame = isinstance(weights, pd.DataFrame)
    for axis, labels, n in zip(
        (ax.yaxis, ax.xaxis),
        weights.axes if frame else (None, None),
        values.shape,
        strict=True,
    ):
        _label_steps(axis, n, labels)
    return ax


def _one_sequence(weights):
    """Return the weights as an array."""
    if isinstance(weights, pd.DataFrame) and isinstance(weights.index, pd.MultiIndex):
        raise ValueError(
            "weights are those of several series (a panel or a hierarchy); plot one at a time, "
            "selected with weights.loc[instance]."
        )
    values = np.asarray(weights, dtype=np.float64)
    if values.ndim != 2 or not values.size:
        raise ValueError(
            f"weights have the shape {values.shape}, but one sequence has the shape "
            "(n_output_steps, n_input_steps); plot one at a time, such as weights[0]."
        )
    return values


def _label_steps(axis, n, labels):
    """Put ticks at whole steps, with `labels` if given, as many as there is room for."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    n_ticks = 12
    axis.set_tick_params(length=0)
    if labels is not None:
        names = _short_names(labels)
        if axis.axis_name == "x":
            n_ticks = max(2, min(12, 60 // (2 + max(map(len, names)))))

        def label(position, _):
            step = round(position)
            return names[step] if 0 <= step < n else ""

        axis.set_major_formatter(FuncFormatter(label))
    axis.set_major_locator(MaxNLocator(nbins=n_ticks, integer=True, min_n_ticks=1))


def _short_names(labels):
    """Return labels as text, times without the seconds or hours that are zero in all of them."""
    names = [str(label) for label in labels]
    if isinstance(labels, pd.DatetimeIndex):
        for zeros in (" 00:00:00", ":00"):
            if all(name.endswith(zeros) for name in names):
                names = [name.removesuffix(zeros) for name in names]
    return names

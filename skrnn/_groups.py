"""Parameters that belong together, as small cloneable objects that estimators take as one."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral, Real
from typing import Any

from ._compat import Interval, StrOptions
from ._constructors import parameters
from ._parameter_group import ParameterGroup


@parameters
class Covariates(ParameterGroup):
    """Roles of the columns of `X`, and what a forecaster reads from the calendar.

    By default all columns of `X` are known for the horizon and have to be passed to `predict`.

    Parameters
    ----------
    past_columns : list of str, default=None
        Columns of `X` that are not known for the horizon, such as the weather. `predict` does not
        need them.
    static_columns : list of str, default=None
        Columns of `X` that are constant in each series, such as the region. The forecaster
        remembers them: they may be missing from later rows of `X`.
    calendar_features : "auto" or list of str, default=None
        Cycles of the calendar. Each adds a sine and a cosine of the position in the cycle to each
        step, horizon included: "minute" (of the hour), "hour", "day_of_week", "day_of_month",
        "day_of_year", "week_of_year", "month", "quarter". "auto" takes the cycles that the
        longest series has completed twice, and for the year the one that suits the time step.
        The index needs dates or periods.
    holidays : str, list of dates, or Series or dict of names by date, default=None
        Special days, known for the horizon. A string is a country or one of its subdivisions, such
        as "DE" or "US-CA"; their holidays come from the package holidays. The features of a step
        are, for each name, the number of such days in the step and, if steps are shorter than a
        week, whether it is the day before or after one. Weeks with the frequency "W-MON" begin on
        their Monday; weeks with another day (such as "W-SUN"), and month ends, end on that day. All
        other steps begin at their time. Holidays that do not occur in the training data are left
        out.

    Examples
    --------
    >>> from skrnn import Covariates
    >>> from skrnn.forecasting import GRUForecaster
    >>> forecaster = GRUForecaster(covariates=Covariates(past_columns=["visits"]))
    >>> forecaster.set_params(covariates__calendar_features="auto").covariates
    Covariates(calendar_features='auto', past_columns=['visits'])
    """

    past_columns: Sequence[str] | None = None
    static_columns: Sequence[str] | None = None
    calendar_features: str | Sequence[str] | None = None
    holidays: Any = None

    _parameter_constraints = {
        "past_columns": ["array-like", None],
        "static_columns": ["array-like", None],
        "calendar_features": [StrOptions({"auto"}), "array-like", None],
        "holidays": [str, "array-like", dict, None],
    }


@parameters
class Examples(ParameterGroup):
    """How a forecaster cuts its training examples from the series.

    Each example has an origin: the network reads the window of steps up to the origin and learns
    the steps after it.

    Parameters
    ----------
    sampling_rate : int, default=1
        Distance between the steps of a window: 2 reads every other step.
    block_length : int, default=1
        Steps that the network returns, and reads again, at a time with
        ``strategy="recursive"``. With 1, a network that reads in one direction continues from its
        state. With more, it reads the whole window again before each block.
    origins : "all", "last" or int, default="all"
        Origins of each series to learn from: all, the last one that has a whole horizon after it,
        or this number of last ones.
    origin_half_life : float, default=None
        Weight origins by age: an origin this many steps before the end of its series has half the
        weight of the last one. None gives all origins the same weight.
    refit_window : int, default=None
        Number of newest steps of each series that the last training (``refit=True``) learns to
        forecast; at least a horizon. Windows may begin before these steps, and season,
        normalisation and baseline still use the whole series. None learns all steps.
    cold_start : bool, default=False
        Whether to train a second network for short series. The first network needs two seasons
        and ten steps; the second one needs a single step. It is trained on pieces of the series,
        as if each piece were the beginning of a series.

    Examples
    --------
    >>> from skrnn import Examples
    >>> from skrnn.forecasting import LSTMForecaster
    >>> forecaster = LSTMForecaster(strategy="recursive", examples=Examples(block_length=6))
    >>> forecaster.set_params(examples__origins=20).examples
    Examples(block_length=6, origins=20)
    """

    sampling_rate: int = 1
    block_length: int = 1
    origins: int | str = "all"
    origin_half_life: float | None = None
    refit_window: int | None = None
    cold_start: bool = False

    _parameter_constraints = {
        "sampling_rate": [Interval(Integral, 1, None, closed="left")],
        "block_length": [Interval(Integral, 1, None, closed="left")],
        "origins": [StrOptions({"all", "last"}), Interval(Integral, 1, None, closed="left")],
        "origin_half_life": [Interval(Real, 0, None, closed="neither"), None],
        "refit_window": [Interval(Integral, 1, None, closed="left"), None],
        "cold_start": ["boolean"],
    }


@parameters
class Target(ParameterGroup):
    """What the values of `y` can be, and which forecast `predict` returns.

    Parameters
    ----------
    bounds : "auto", None, (lower, upper) or dict, default="auto"
        Smallest and largest possible value. Forecasts, quantiles, variances and sample paths
        respect them. "auto" is a lower bound of 0 for series that have never been negative, unless
        most series of the panel have. A pair bounds all series; None in it stands for no bound. A
        dict has the bounds of some targets by column; those of the others are "auto".
    integer : bool, default=False
        Whether medians, quantiles, intervals and sample paths are rounded to whole numbers.
    point_forecast : {"median", "mean"}, default="median"
        What `predict` returns. The median of an item that sells in less than half of the steps is
        0; the mean is what it sells on average.

    Examples
    --------
    >>> from skrnn import Target
    >>> from skrnn.forecasting import LSTMForecaster
    >>> occupancy = LSTMForecaster(target=Target(bounds=(0, 120)))
    >>> occupancy.set_params(target__point_forecast="mean").target
    Target(bounds=(0, 120), point_forecast='mean')
    """

    bounds: Any = "auto"
    integer: bool = False
    point_forecast: str = "median"

    _parameter_constraints = {
        "bounds": [StrOptions({"auto"}), tuple, list, dict, None],
        "integer": ["boolean"],
        "point_forecast": [StrOptions({"median", "mean"})],
    }


@parameters
class Recurrence(ParameterGroup):
    """Settings of recurrent layers that are rarely changed.

    Parameters
    ----------
    activation : {"tanh", "relu"}, default="tanh"
        Nonlinearity of the cell. Gates are always logistic.
    initializer : {"orthogonal", "glorot_uniform", "identity"}, default="orthogonal"
        Initial recurrent weights, gate by gate: an orthogonal matrix (Saxe et al., 2014), uniform
        values as for all other weights (Glorot & Bengio, 2010), or the identity. An IRNN (Le et
        al., 2015) is a simple recurrent network with ``activation="relu"`` and
        ``initializer="identity"``.
    layer_norm : bool, default=False
        Whether to normalise each linear part of the cell over its units, gate by gate (Ba et al.,
        2016).
    connections : {"skip", "dense"}, default=None
        Connections between layers other than from one layer to the next. "skip" adds the input of
        each layer, from the second on, to its output (He et al., 2016). "dense" lets each layer
        read the sequence and the outputs of all layers before it (Huang et al., 2017).
    feedback : {"hidden", "output-hidden", "output-output"}, default="hidden"
        What a simple recurrent network feeds back: the hidden state into itself (Elman, 1990), the
        output into the hidden layer (Jordan, 1986), or the output into itself. LSTM and GRU have
        "hidden" only.
    output_size : int, default=None
        Width of the output that is fed back. None means `hidden_size`. Only for a `feedback` other
        than "hidden".

    Examples
    --------
    >>> from skrnn import Recurrence, RNNRegressor
    >>> irnn = RNNRegressor(recurrence=Recurrence(activation="relu", initializer="identity"))
    >>> irnn.set_params(recurrence__layer_norm=True).recurrence
    Recurrence(activation='relu', initializer='identity', layer_norm=True)
    """

    activation: str = "tanh"
    initializer: str = "orthogonal"
    layer_norm: bool = False
    connections: str | None = None
    feedback: str = "hidden"
    output_size: int | None = None

    _parameter_constraints = {
        "activation": [StrOptions({"tanh", "relu"})],
        "initializer": [StrOptions({"orthogonal", "glorot_uniform", "identity"})],
        "layer_norm": ["boolean"],
        "connections": [StrOptions({"skip", "dense"}), None],
        "feedback": [StrOptions({"hidden", "output-hidden", "output-output"})],
        "output_size": [Interval(Integral, 1, None, closed="left"), None],
    }


@parameters
class Inputs(ParameterGroup):
    """How an estimator reads its sequences.

    Parameters
    ----------
    normalize : bool or "auto", default="auto"
        Whether each sequence is standardised by its own mean and standard deviation, channel by
        channel, before all are standardised together. The network then does not see their level
        and scale. "auto" does it in classifiers with ``stem="auto"`` for sequences of more than 64
        steps if level or scale differ much from sequence to sequence, but classes explain less than
        a tenth of these differences. A constant sequence becomes zero.
    missing : {"error", "mask"}, default="error"
        What is done with missing values, which are NaN. "error" refuses them. "mask" reads them as
        the mean of the channel, and adds one channel for each, which is 1 where the value is
        observed and 0 where it is missing. A NaN at the end of a row is a missing value, not
        padding: pass sequences of unequal lengths as a list. A sequence without any value is
        refused.

    Examples
    --------
    >>> from skrnn import GRUClassifier, Inputs
    >>> model = GRUClassifier(inputs=Inputs(missing="mask"))
    >>> model.set_params(inputs__normalize=True).inputs
    Inputs(missing='mask', normalize=True)
    """

    normalize: bool | str = "auto"
    missing: str = "error"

    _parameter_constraints = {
        "normalize": ["boolean", StrOptions({"auto"})],
        "missing": [StrOptions({"error", "mask"})],
    }


@parameters
class Convolution(ParameterGroup):
    """A strided convolution that shortens the sequence before the first layer.

    Each window of `kernel_size` steps becomes one step of width `hidden_size`: a patch (Nie et
    al., 2023) or segment (Lin et al., 2023). The last window ends with the last step.

    Parameters
    ----------
    kernel_size : int, default=8
        Number of steps in a window.
    stride : int, default=None
        Distance between two windows. None means `kernel_size`: windows do not overlap.

    Examples
    --------
    >>> from skrnn import Convolution, GRURegressor
    >>> model = GRURegressor(stem=Convolution(kernel_size=4))
    >>> model.set_params(stem__stride=2).stem
    Convolution(kernel_size=4, stride=2)
    """

    kernel_size: int = 8
    stride: int | None = None

    _parameter_constraints = {
        "kernel_size": [Interval(Integral, 1, None, closed="left")],
        "stride": [Interval(Integral, 1, None, closed="left"), None],
    }

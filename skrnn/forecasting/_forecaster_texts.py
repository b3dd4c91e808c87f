"""Texts that the docstrings of the forecasters share."""

TEXTS = {
    "hybrid": """
    The forecaster is a hybrid. A statistical baseline, chosen on held-out data, forecasts each
    series. One network, trained on all series of `y`, learns to correct it. The correction has a
    weight from 0 to 1, which depends on how much it reduces the error on the held-out data.
    """,
    "data": """
    Values are normalised at the origin of each forecast. Missing values are masked in input and
    loss. The quantiles are calibrated on held-out forecasts. `predict` returns the median, or the
    mean if `target` says so.

    `y` is a single series, a panel or a hierarchy, with series of unequal length and one or more
    columns. Covariates are known for the horizon or for the past only. If you call `pretrain` on a
    panel and then `fit` on one series, `fit` keeps the pretrained weights.
    """,
    "groups": """
    The parameters come in this order: data and baseline, up to `target`; network; training, from
    `learning_rate` on; and how to run it, from `trainer` on.
    """,
    "window": """
    window_length : int or "auto", default="auto"
        Number of steps that the network reads. "auto" takes the longest of two seasons, 1.25
        horizons and, if the network reads the window in segments, the windows of the baseline's
        regressions; at least 8 steps and at most half of the longest series.
    strategy : {"multioutput", "recursive"}, default="multioutput"
        "multioutput" returns all steps of the horizon at once. "recursive" returns one step, or a
        block of steps (``Examples(block_length=...)``), and reads its own forecast to continue.
        Horizons longer than the trained one are always continued in this way.
    sp : int or "auto", default="auto"
        Seasonal periodicity in steps. "auto" compares no season, the season of the calendar (12
        months, 7 days, 24 hours, ...) and the next longer one on held-out forecasts: a week for
        hours, and for days a year if the series show it. If the index has no calendar, "auto"
        searches the series for a season. If the longest series has 1.5 to 3 seasons, too few to
        compare, ``baseline="auto"`` takes the structural models, which shrink the season.
    transform : {"auto", "log", None}, default="auto"
        Whether to take logarithms. "auto" does so for positive series whose changes grow with
        their level, unless the held-out forecasts get worse.
    baseline : str or None, default="auto"
        Forecast that the network corrects:

        - "auto": a mean of "smoothing", "theta", "linear" and, if there are covariates, "boosting",
          weighted by their errors on held-out origins and, for series of more than 1,000 steps,
          also on earlier ones. If the longest series has 1.5 to 3 seasons, it is "structural". With
          ``strategy="recursive"``, it is the best of "naive", "median" and "drift".
        - "smoothing": exponential smoothing, averaged over its parameters.
        - "theta": the Theta method.
        - "linear": ridge regressions on the window, the same for all series.
        - "boosting": gradient-boosted trees on lags, calendar and covariates.
        - "structural": a mean of Gaussian models of level, trend and season, for up to three
          seasons of data.
        - "naive": the last season.
        - "median": the median of up to five seasons, step by step.
        - "drift": the last season plus the mean change between seasons.
        - None: the level of the last season.
    normalization : {"auto", "standard"}, default="auto"
        Units of the network. "auto" takes the level of the last season before the origin and the
        size of the changes between seasons. "standard" takes the mean and standard deviation of
        each series: over its training data or, for a series that was not in `fit`, over its
        history so far. With ``baseline=None``, "standard" gives the plain network of the
        textbooks. It cannot be combined with ``baseline="linear"`` or "boosting".
    covariates : Covariates, default=None
        Roles of the columns of `X`, calendar features and holidays. None means ``Covariates()``:
        all columns are known for the horizon.
    examples : Examples, default=None
        How training examples are cut from the series, and whether a second network forecasts
        series of a few steps. None means ``Examples()``.
    target : Target, default=None
        Bounds of the values of `y`, whole numbers, and whether `predict` returns the median or the
        mean. None means ``Target()``: no negative forecasts of a series that was never negative.
    """,
    "training": """
    learning_rate : float, default=0.01
        Peak of the one-cycle schedule.
    batch_size : int or "auto", default="auto"
        Number of origins in a batch. "auto" takes all origins if there are up to 64, otherwise
        32, and more from 16,000 origins on, as long as a batch has at most 16,384 steps.
    max_epochs : int or "auto", default="auto"
        Number of epochs, each of at most 50 batches of randomly drawn origins. "auto" takes ``30
        sqrt(n)`` updates for n origins, or half as many if the baseline is statistical; at least
        300 and at most 2,000.
    early_stopping : bool, default=True
        Whether to stop when the loss on the held-out origins stops improving, and to keep the
        weights with the lowest loss. If no epoch beats the baseline alone, the baseline is used
        without correction.
    validation_fraction : float, default=0.2
        Fraction of each series, at its end, whose origins are held out for early stopping and for
        the calibration of the intervals, in (0, 1).
    n_iter_no_change : int, default=20
        Number of epochs without improvement after which training stops.
    refit : bool, default=True
        Whether to train again on all data, held-out origins included, with the same schedule up
        to the best epoch.
    n_members : int, default=1
        Number of networks, trained from different initial weights; the forecast is their mean.
    """,
    "fitted": """
    module_ : torch.nn.Module
        The trained network.
    network_spec_ : NetworkSpec
        Description of the network, or of each member, from which `build` makes a new one with
        initial weights.
    plan_ : Plan
        The settings chosen from the data, and why; ``print(forecaster.plan_)`` describes them.
    history_ : dict of str to list of float
        One entry per epoch: "loss", "learning_rate" and, with held-out origins, "val_loss".
    n_iter_ : int
        Number of epochs run before the training on all data.
    best_epoch_ : int
        Index of the epoch in ``history_`` with the best weights; -1 if the baseline was best.
    correction_weight_ : float
        Weight of the network's correction of the baseline, in [0, 1], chosen on the held-out
        origins.
    """,
}

"""Texts that the docstrings of the forecasters share."""

TEXTS = {
    "hybrid": """
    The forecaster is a hybrid. A statistical baseline, chosen on held-out data, forecasts each
    series. One network, trained on all series of `y`, learns to correct it. The correction is
    weighted by how much it helped on the held-out data.
    """,
    "data": """
    The network works in units that are normalised at the origin of each forecast. Missing values
    are masked in input and loss. The quantiles are calibrated on held-out forecasts.

    Single series, panels and hierarchies with series of unequal length, several targets, and
    covariates known for the horizon or for the past only are supported. `pretrain` on a panel and
    `fit` on one series keeps the weights. `predict` returns the median.
    """,
    "window": """
    window_length : int or "auto", default="auto"
        Number of steps that the network reads. "auto" takes the longest of two seasons, 1.25
        horizons and, if the window is read in segments, the windows of the baseline's
        regressions; at least 8 steps and at most half of the longest series.
    strategy : {"multioutput", "recursive"}, default="multioutput"
        "multioutput" returns all steps of the horizon at once. "recursive" returns one step, or a
        block of steps (``Examples(block_length=...)``), and reads its own forecast to continue.
        Horizons longer than the trained one are always continued in this way.
    sp : int or "auto", default="auto"
        Seasonal periodicity in steps. "auto" compares no season, the season of the calendar (12
        months, 7 days, 24 hours, ...) and that of a week by held-out forecasts. If the index has
        no calendar, "auto" searches the series for a season.
    transform : {"auto", "log", None}, default="auto"
        Whether to learn logarithms. "auto" does so for positive series whose changes grow with
        their level, unless held-out forecasts are worse with it.
    baseline : str or None, default="auto"
        Forecast that the network corrects. "smoothing" is exponential smoothing, averaged over
        its parameters; "theta" the Theta method; "linear" a ridge regression on the window, the
        same for all series; "naive" the last season; "median" the median of up to five seasons,
        step by step; "drift" the last season plus the mean change between seasons. None is the
        level of the last season. "auto" is a mean of the first three, weighted by their errors on
        held-out origins and, for series of more than 1,000 steps, also on earlier ones. With
        ``strategy="recursive"``, "auto" is the best of "naive", "median" and "drift".
    normalization : {"auto", "standard"}, default="auto"
        Units of the network. "auto" takes the level of the last season before the origin and the
        size of the changes between seasons. "standard" takes mean and standard deviation of each
        series: those of the training part or, for series that `fit` has not seen, of the history
        so far. With ``baseline=None``, "standard" gives the plain network of the textbooks. It
        cannot be combined with ``baseline="linear"``.
    covariates : Covariates, default=None
        Roles of the columns of `X`, calendar features and holidays. None means ``Covariates()``:
        all columns are known for the horizon.
    examples : Examples, default=None
        How training examples are cut from the series. None means ``Examples()``.
    cold_start : bool, default=False
        Whether to train a second network on pieces of the series, as if each had just begun. It
        forecasts series that are too short for the first network, from one step on. The first
        network needs two seasons and ten steps.
    """,
    "training": """
    learning_rate : float, default=0.01
        Peak of the one-cycle schedule.
    batch_size : int or "auto", default="auto"
        Origins in a batch. "auto" takes all origins if there are up to 64, otherwise 32, and more
        from 16,000 origins on, as long as a batch has no more than 16,384 steps.
    max_epochs : int or "auto", default="auto"
        Number of epochs, each of at most 50 batches of randomly drawn origins. "auto" takes ``30
        sqrt(n)`` updates for n origins, or half as many if the baseline is statistical; at least
        300 and at most 2,000.
    early_stopping : bool, default=True
        Whether to stop when the loss on the held-out origins stops improving, and to keep the
        weights with the lowest one. The baseline alone counts as a candidate, too.
    validation_fraction : float, default=0.2
        Fraction of each series, at its end, whose origins are held out for early stopping and for
        the calibration of the intervals, in (0, 1).
    n_iter_no_change : int, default=20
        Number of epochs without improvement after which the training stops.
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
        What was chosen from the data, and why; ``print(forecaster.plan_)`` describes it.
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

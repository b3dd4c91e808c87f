"""Texts that the docstrings of regressors and classifiers share."""

TEXTS = {
    "regression_targets": """
    Targets are one number or vector per sequence, or one per step: `y` of shape (n_samples,),
    (n_samples, k), (n_samples, n_timesteps, k), or a list of (n_timesteps_i, k). Inputs and
    targets are standardised inside.
    """,
    "labels": """
    `y` has one label per sequence, of any type that scikit-learn supports. If a sequence may have
    several labels, or none, `y` is a matrix of shape (n_samples, n_labels) with 0 and 1. Inputs are
    standardised inside.
    """,
    "groups": """
    The parameters come in this order: network; data, which are `n_channels` and, of classifiers,
    `class_weight`; training, from `loss` on; and how to run it, from `trainer` on.
    """,
    "n_channels": """
    n_channels : int, default=None
        Read a 2-D `X` of shape (n_samples, n_timesteps * n_channels) as flattened sequences with
        this number of channels. None means one channel.
    inputs : Inputs, default=None
        How sequences are read: missing values, and the normalisation of each sequence. None means
        ``Inputs()``.
    """,
    "loss": """
    loss : str or callable, default="squared_error"
        What the network minimises, and so what it predicts, always in the units of `y`:

        - "squared_error": the mean. Rare large deviations dominate it.
        - "absolute_error": the median, which is robust to them.
        - "huber": between the two. Deviations beyond one standard deviation of the targets count
          linearly (Huber, 1964).
        - "quantile": the quantile of level `quantile` (Koenker & Bassett, 1978).
        - "poisson": the mean of counts, or other targets from 0 on. The network returns its
          logarithm, so that predictions are positive. Targets are divided by their mean.
        - a callable ``loss(output, target)``: the mean of its values is minimised. It gets the
          output of the network and the standardised targets, both tensors of shape (n, k), or
          (n, n_timesteps, k) with a target per step, and returns a tensor of that shape.
    quantile : float, default=None
        Level in (0, 1), for ``loss="quantile"`` only.
    """,
    "classification_loss": """
    loss : {"cross_entropy", "focal"} or callable, default="cross_entropy"
        What the network minimises. The focal loss multiplies the cross-entropy of a sequence by
        :math:`(1 - p)^2`, where p is the probability of its class, so that hard sequences count
        more (Lin et al., 2017). A callable ``loss(output, target)`` gets one score for each class,
        a tensor of shape (n, n_classes), and the positions of the labels in ``classes_``, of shape
        (n,), and returns a tensor of shape (n,). Probabilities are the softmax of the scores. With
        a matrix of labels, all three have the shape (n, n_labels), and probabilities are the
        logistic function of the scores.
    label_smoothing : float, default=0.0
        Fraction of each label, in [0, 1), that is spread evenly over all classes (Szegedy et al.,
        2016). Not for a callable `loss`.
    """,
    "class_weight": """
    class_weight : dict, "balanced" or None, default=None
        Weights of the classes, 0 or more; "balanced" gives all classes the same total weight.
        Each call of `fit` and `partial_fit` computes them for its labels. Must be None if `y` is a
        matrix of labels.
    """,
    "training": """
    learning_rate : float, default=0.01
        Peak of the one-cycle schedule.
    batch_size : int or "auto", default="auto"
        Rows in a batch. "auto" takes all rows if there are up to 64, otherwise 32, and more from
        16,000 rows on, as long as a batch has no more than 16,384 steps.
    max_epochs : int or "auto", default="auto"
        Number of passes over the data. "auto" takes ``30 sqrt(n)`` updates, at least 300, and at
        least 5 passes, where n is the number of rows (the sum of the weights if they are whole
        numbers, but at most ten times the number of rows).
    early_stopping : bool, default=False
        Whether to stop when the validation loss stops improving, and to keep the best weights.
        Only epochs after the peak of the learning rate count.
    validation_fraction : float, default=0.1
        Fraction of the training data that is set aside if `fit` gets no `X_val`, in (0, 1).
    n_iter_no_change : int, default=10
        Number of epochs without improvement after which the training stops.
    refit : bool, default=False
        Whether to train again on all data, validation data included, with the same schedule up
        to the best epoch.
    warm_start : bool, default=False
        Whether `fit` continues from the weights of the last call, at a constant rate: a tenth of
        `learning_rate`. The parameters of the network have to stay the same.
    """,
    "fitted": """
    network_spec_ : NetworkSpec
        Description of the network, from which `build` makes a new one with initial weights.
    history_ : dict of str to list of float
        One entry per epoch: "loss", "learning_rate" and, with validation, "val_loss".
    n_iter_ : int
        Number of epochs run.
    best_epoch_ : int
        Index of the epoch in ``history_`` with the best weights.
    n_channels_in_ : int
        Number of channels of the sequences.
    channel_names_in_ : ndarray of shape (`n_channels_in_`,)
        Names of the channels, if `X` was a list of DataFrames whose columns are strings.
    n_features_in_ : int
        Number of columns of `X`, if it was 2-D.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of its columns, if all were strings.
    """,
    "regressor_fitted": """
    module_ : torch.nn.Module
        The trained network.
    n_outputs_ : int
        Number of targets per sequence or step.
    """,
    "classifier_fitted": """
    module_ : torch.nn.Module
        The trained network.
    classes_ : ndarray of shape (n_classes,)
        Labels, sorted. With a matrix of labels, the numbers of its columns.
    """,
}

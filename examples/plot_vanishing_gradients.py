"""
Gradients that vanish and explode
=================================

A recurrent network learns from the beginning of a sequence only if the gradient reaches it. This
example measures the gradient for five cells, and shows what clipping changes if it is too large.
"""

# %%
# The adding problem
# ------------------
# A sequence has two channels, numbers and marks. One step of each half is marked, and the target
# is the sum of the two marked numbers. Always predicting 1 has a mean squared error of 1/6.

import matplotlib.pyplot as plt
import numpy as np
import torch

from skrnn import GRURegressor, LSTMRegressor, Recurrence, RNNRegressor, Trainer
from skrnn.data import Batch
from skrnn.nn import EncoderSpec, NetworkSpec


def adding_problem(n_sequences, n_steps, seed):
    """Return sequences of shape (n_sequences, n_steps, 2) and their targets."""
    rng = np.random.default_rng(seed)
    X = np.zeros((n_sequences, n_steps, 2))
    X[:, :, 0] = rng.uniform(size=(n_sequences, n_steps))
    rows, half = np.arange(n_sequences), n_steps // 2
    X[rows, rng.integers(0, half, n_sequences), 1] = 1
    X[rows, rng.integers(half, n_steps, n_sequences), 1] = 1
    return X, X.prod(axis=2).sum(axis=1)


# %%
# Before training
# ---------------
# These are five networks of 32 units with their initial weights: the simple network (RNN); the
# IRNN, whose rectified units start by copying their state; the simple network with layer
# normalisation (LN-RNN); LSTM and GRU. The sequences have 200 steps and are standardised, as in the
# estimators.

cells = {
    "RNN": {"cell": "rnn"},
    "IRNN": {"cell": "rnn", "activation": "relu", "recurrent_initializer": "identity"},
    "LN-RNN": {"cell": "rnn", "layer_norm": True},
    "LSTM": {"cell": "lstm"},
    "GRU": {"cell": "gru"},
}
colours = dict(zip(cells, ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00"), strict=True))


def new_network(seed, cell, **options):
    """Return a network as the estimators build it, in float64: some gradients are tiny."""
    settings = {"input_size": 2, "hidden_size": 32, "pooling": "last", **options}
    return NetworkSpec.sequence(EncoderSpec(cell, settings), n_outputs=1).build(seed).double()


def gradient_norms(network, X):
    """Return the norm of d output / d input, by the steps that the input is before the last."""
    scaled = (X - X.mean(axis=(0, 1))) / X.std(axis=(0, 1))
    x = torch.tensor(scaled, dtype=network.head.weight.dtype, requires_grad=True)
    output, _ = network(Batch(x))
    (gradient,) = torch.autograd.grad(output.sum(), x)
    return gradient.norm(dim=2).mean(dim=0).flip(0).numpy()  # the mean over the sequences


# %%
# Each line is the median over ten initial networks; the area is their range.

X, _ = adding_problem(25, 200, seed=0)
fig, ax = plt.subplots(figsize=(7.2, 4.6), layout="constrained")
for name, options in cells.items():
    norms = [gradient_norms(new_network(seed, **options), X) for seed in range(10)]
    low, median, high = np.quantile(norms, [0, 0.5, 1], axis=0)
    ax.fill_between(range(200), low, high, color=colours[name], alpha=0.15, lw=0)
    ax.plot(median, color=colours[name], lw=1.6)
    ax.text(202, median[-1], name, color=colours[name], va="center")
    print(f"{name:7}20 steps before the last {median[20]:.0e}, 100 steps {median[100]:.0e}")
ax.set(xlabel="steps before the last", ylabel="norm of the gradient", xlim=(0, 199), yscale="log")
ax.spines[["top", "right"]].set_visible(False)

# %%
# The gradients of RNN, LSTM and GRU fall exponentially. The gradient of the GRU falls fastest: its
# update gate starts half open, so a step keeps about half of the state. The forget gate of the LSTM
# starts at a bias of 1 and keeps 73 % of the memory. The gradient of the IRNN falls by little more
# than a factor of ten in all. With layer normalisation it depends on the initial weights: over 200
# steps the gradient vanishes in some of the ten networks and explodes in others.

# %%
# After training
# --------------
# A gradient that vanishes before training may not vanish later. These are sequences of 50 steps,
# before (dashed) and after (solid) ten epochs on 2,000 of them:

X, y = adding_problem(2000, 50, seed=1)
X_test, y_test = adding_problem(1000, 50, seed=2)
settings = {"max_epochs": 10, "random_state": 0}
trained = {"RNN": RNNRegressor(), "LSTM": LSTMRegressor(), "GRU": GRURegressor()}
fig, ax = plt.subplots(figsize=(7.2, 3.8), layout="constrained")
for name, model in trained.items():
    model.set_params(learning_rate=0.003, **settings).fit(X, y)
    before = gradient_norms(new_network(0, **cells[name]), X)
    after = gradient_norms(model.module_, X)
    ax.plot(before, color=colours[name], lw=1.2, ls="--")
    ax.plot(after, color=colours[name], lw=1.6)
    ax.text(49.5, before[-1], name, color=colours[name], va="center")
    error = np.mean((model.predict(X_test) - y_test) ** 2)
    print(f"{name:5}error on new sequences {error:.4f}")
ax.text(49.5, after[-1], "all three,\ntrained", color="0.25", va="center")
ax.set(xlabel="steps before the last", ylabel="norm of the gradient", xlim=(0, 49), yscale="log")
ax.spines[["top", "right"]].set_visible(False)

# %%
# In the trained networks the gradient hardly falls up to the first step; for the GRU it has grown
# there by a factor of ten million. A small initial gradient slows the start of the training, but
# some steps are near enough to begin with. The user guide measures how many steps each cell can
# bridge, see :doc:`/user_guide/gradients`.

# %%
# Training with and without clipping
# ----------------------------------
# ``Trainer(gradient_norms=True)`` records the norm of the gradient of all weights before clipping:
# the mean over the updates of an epoch (solid), and the largest (dotted).

clipping = {
    "not clipped": {"clip_norm": None},
    "clip_norm=1.0": {"clip_norm": 1.0},
    "clip_value=0.05": {"clip_norm": None, "clip_value": 0.05},
}
models = {
    "IRNN": RNNRegressor(recurrence=Recurrence(activation="relu", initializer="identity")),
    "LSTM": LSTMRegressor(),
}

fig, axes = plt.subplots(2, 2, figsize=(9, 5.6), sharex=True, sharey="row", layout="constrained")
for column, (name, model) in zip(axes.T, models.items(), strict=True):
    for (label, clip), colour in zip(clipping.items(), colours.values(), strict=False):
        trainer = Trainer(gradient_norms=True, **clip)
        model.set_params(trainer=trainer, **settings).fit(X, y)
        history, epochs = model.history_, range(1, 11)
        column[0].plot(epochs, history["gradient_norm"], color=colour, lw=1.6, label=label)
        column[0].plot(epochs, history["largest_gradient_norm"], color=colour, lw=1.2, ls=":")
        column[1].plot(epochs, history["loss"], color=colour, lw=1.6)
        error = np.mean((model.predict(X_test) - y_test) ** 2)
        print(f"{name}, {label:17}error on new sequences {error:.4f}")
    column[0].set(title=name, yscale="log")
    column[1].set(xlabel="epoch", yscale="log", xticks=range(2, 11, 2))
axes[0, 0].set(ylabel="norm of the gradient")
axes[1, 0].set(ylabel="loss")
axes[0, 1].legend(frameon=False)
for ax in axes.flat:
    ax.spines[["top", "right"]].set_visible(False)

# %%
# The gradients of the IRNN explode in the first epoch. Their largest norm is above 1,000; that of
# the LSTM stays below 20. Nothing overflows without clipping, because the steps of Adam do not grow
# with the gradient. Clipping the norm divides the error of the IRNN by almost eight. Clipping each
# value changes the direction of the gradient. The norm then grows much further, and so does the
# error. For the LSTM, clipping changes little.
#
# The steps of ``optimizer="sgd"`` grow with the gradient. With it, the IRNN learns only with
# clipping:

model = models["IRNN"].set_params(learning_rate=0.01)
for label, clip in clipping.items():
    model.set_params(trainer=Trainer(optimizer="sgd", **clip))
    try:
        error = np.mean((model.fit(X, y).predict(X_test) - y_test) ** 2)
        print(f"{label:17}error on new sequences {error:.4f}")
    except ValueError as problem:
        print(f"{label:17}{problem}")

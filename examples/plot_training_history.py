"""
Watch a network learn
=====================

Each fitted estimator keeps the losses of its epochs in ``history_``.
:func:`skrnn.plotting.plot_history` draws them. The curves show whether the training was long
enough, and whether the network overfits.
"""

# %%
# The task
# --------
# Each sequence has two channels, numbers and marks. The target is the sum of the two marked
# numbers, so the network has to remember the first one until the second comes.

import numpy as np

from skrnn import LSTMRegressor
from skrnn.plotting import plot_history

rng = np.random.default_rng(0)
numbers = rng.uniform(size=(1000, 12))
marks = np.zeros_like(numbers)
rows = np.arange(len(marks))
marks[rows, rng.integers(0, 6, len(marks))] = 1
marks[rows, rng.integers(6, 12, len(marks))] = 1
X = np.stack([numbers, marks], axis=2)
y = (numbers * marks).sum(axis=1)

# %%
# Training and validation
# -----------------------
# With ``early_stopping=True`` the network keeps the weights of the epoch with the lowest loss on
# validation data. The thin grey line is the learning rate, which rises and falls once.

model = LSTMRegressor(hidden_size=32, max_epochs=40, early_stopping=True, random_state=0)
model.fit(X[:800], y[:800])
ax = plot_history(model)
print(f"R² on new sequences: {model.score(X[800:], y[800:]):.3f}")

# %%
# Too little data
# ---------------
# With 60 sequences the training loss falls as well, but the validation loss stays far above it: the
# network overfits.

few = LSTMRegressor(
    hidden_size=32, max_epochs=60, early_stopping=True, n_iter_no_change=60, random_state=0
)
few.fit(X[:60], y[:60])
ax = plot_history(few)
print(f"R² on new sequences: {few.score(X[800:], y[800:]):.3f}")

"""
Predict what follows a sequence
===============================

Many textbooks begin with this task: predict what follows noisy waves of 50 steps. A linear model
does well here, so it is the model to compare with.
"""

# %%
# Waves
# -----
# Each sequence is the sum of two sine waves with random frequencies and phases, and noise. The rows
# of ``X`` are the sequences, 50 steps of one channel. The ten steps after them are the targets.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.linear_model import Ridge

from skrnn import GRURegressor


def make_waves(n_samples, n_steps, rng):
    """Return an array of shape (n_samples, n_steps)."""
    time = np.linspace(0, 1, n_steps)
    slow, fast, start, delay = rng.uniform(size=(4, n_samples, 1))
    waves = 0.5 * np.sin((time - start) * (slow * 10 + 10))
    waves += 0.2 * np.sin((time - delay) * (fast * 20 + 20))
    return waves + 0.1 * rng.uniform(-0.5, 0.5, size=waves.shape)


waves = make_waves(2000, 60, np.random.default_rng(0))
X, ahead = waves[:, :50], waves[:, 50:]
train, test = slice(1000), slice(1000, None)

# %%
# Ten values at once
# ------------------
# With ten columns in ``y`` a network has ten outputs, predicted from its last state. The last value
# and a linear model are the baselines.

linear = Ridge(alpha=1e-3).fit(X[train], ahead[train])
model = GRURegressor(random_state=0).fit(X[train], ahead[train])
predicted = {
    "last value": np.repeat(X[test, -1:], 10, axis=1),
    "linear": linear.predict(X[test]),
    "GRU, last step": model.predict(X[test]),
}

# %%
# Ten values at every step
# ------------------------
# The network can also predict the ten next values at each of its 50 steps. This gives 50 times as
# many targets from the same sequences. ``y`` and the predictions then have three axes, (samples,
# steps, targets). The predictions of the last step are the ones to compare.

y = np.stack([waves[:, step : step + 10] for step in range(1, 51)], axis=1)
print(f"X {X.shape}, y {y.shape}")
model = GRURegressor(random_state=0).fit(X[train], y[train])
predicted["GRU, every step"] = model.predict(X[test])[:, -1]

print("mean squared error  1 step, 5 and 10 steps ahead")
for name, values in predicted.items():
    errors = ((ahead[test] - values) ** 2).mean(axis=0)
    print(f"{name:20}{errors[0]:.4f}  {errors[4]:.4f}  {errors[9]:.4f}")

# %%
# For the next value a linear model is enough; the variance of the noise alone is 0.0008. Further
# ahead the frequency of the wave matters, which fixed coefficients cannot adapt to.

fig, axes = plt.subplots(1, 3, figsize=(10, 3), sharey=True, layout="constrained")
for row, ax in enumerate(axes):
    ax.plot(range(50), X[test][row], color="0.4", lw=1, label="given")
    ax.plot(range(50, 60), ahead[test][row], color="0.4", lw=1, ls="--", label="what followed")
    for name, colour in (("linear", "#D55E00"), ("GRU, every step", "#0072B2")):
        ax.plot(range(50, 60), predicted[name][row], color=colour, lw=1.8, label=name)
    ax.spines[["top", "right"]].set_visible(False)
fig.legend(*ax.get_legend_handles_labels(), loc="outside upper center", ncols=4, frameon=False)

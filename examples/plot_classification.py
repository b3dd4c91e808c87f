"""
Classify sequences of unequal lengths
=====================================

Nine speakers say two Japanese vowels; twelve numbers describe the sound at each moment. The
recordings have 7 to 29 steps. Recurrent classifiers take them as a list of arrays, without padding
or cutting.
"""

# %%
# The recordings
# --------------
# The data come with sktime, already split: 270 recordings to train on and 370 to test.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.dummy import DummyClassifier
from sklearn.metrics import ConfusionMatrixDisplay
from sklearn.model_selection import GridSearchCV
from sktime.datasets import load_japanese_vowels

from skrnn import LSTMClassifier


def load(split):
    """Return a list of arrays of shape (n_timesteps, 12), and the speakers."""
    frames, speakers = load_japanese_vowels(split=split, return_X_y=True, return_type="df-list")
    return [frame.to_numpy() for frame in frames], speakers


X_train, y_train = load("train")
X_test, y_test = load("test")
lengths = [len(x) for x in X_train + X_test]
print(f"{min(lengths)} to {max(lengths)} steps")

fig, axes = plt.subplots(1, 3, figsize=(10, 2.8), sharey=True, layout="constrained")
for ax, row in zip(axes, (0, 100, 200), strict=True):
    ax.plot(X_train[row], lw=1)
    ax.set(xlabel="step", xlim=(0, 28))
    ax.set_title(f"speaker {y_train[row]}, {len(X_train[row])} steps", loc="left")
    ax.spines[["top", "right"]].set_visible(False)
axes[0].set_ylabel("features of the sound")

# %%
# Fit and score
# -------------
# Labels may be strings, as these are. ``score`` is the accuracy.

model = LSTMClassifier(random_state=0).fit(X_train, y_train)
print(f"accuracy on new recordings: {model.score(X_test, y_test):.3f}")
guess = DummyClassifier().fit(X_train, y_train)
print(f"always the same speaker: {guess.score(X_test, y_test):.3f}")

# %%
# Confusion matrix
# ----------------

fig, ax = plt.subplots(figsize=(4.5, 4.2), layout="constrained")
predicted = model.predict(X_test)
_ = ConfusionMatrixDisplay.from_predictions(y_test, predicted, cmap="Blues", colorbar=False, ax=ax)

# %%
# ``predict_proba`` returns the probabilities. They are lower for the mistakes:

sure = model.predict_proba(X_test).max(axis=1)
right = predicted == y_test
print(f"mean probability if right {sure[right].mean():.2f}, if wrong {sure[~right].mean():.2f}")

# %%
# Search
# ------
# Searches of scikit-learn take the list as well. This one compares networks that read in one or
# both directions, and that use the last state or the mean of all states.

search = GridSearchCV(
    LSTMClassifier(max_epochs=15, random_state=0),
    {"bidirectional": [False, True], "pooling": ["last", "mean"]},
    cv=3,
)
search.fit(X_train, y_train)
for params, score in zip(
    search.cv_results_["params"], search.cv_results_["mean_test_score"], strict=True
):
    print(f"{score:.3f}  {params}")
print(f"accuracy on new recordings: {np.mean(search.predict(X_test) == y_test):.3f}")

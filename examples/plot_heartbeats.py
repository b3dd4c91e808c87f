"""
Find abnormal heartbeats: a search in a pipeline
================================================

Heartbeats of an electrocardiogram are classified as normal or as premature ventricular beats.
``GridSearchCV`` chooses the network, and the pictures show where it is sure.
"""

# %%
# Heartbeats
# ----------
# A beat is a sum of waves, P, Q, R, S and T, as in the model of McSharry et al. (2003). A premature
# ventricular beat comes early, has no P wave, a wide R wave and a T wave upside down. Heights,
# widths and noise differ from beat to beat, and so does the length: the heart does not keep time.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.metrics import RocCurveDisplay
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from skrnn import Convolution, GRUClassifier

RATE = 125  # values a second
# Position in seconds, height in millivolts and width in seconds of P, Q, R, S and T.
NORMAL = np.array([[-0.20, 0.15, 0.030], [-0.04, -0.12, 0.012], [0, 1.1, 0.014]])
NORMAL = np.vstack([NORMAL, [[0.04, -0.25, 0.014], [0.28, 0.3, 0.055]]])
PREMATURE = np.array([[-0.05, -0.2, 0.03], [0.02, 1.0, 0.045], [0.1, -0.3, 0.04]])
PREMATURE = np.vstack([PREMATURE, [[0.3, -0.3, 0.07]]])


def make_beat(waves, seconds, rng):
    """Return a beat of shape (n_timesteps, 1)."""
    time = np.arange(-0.3, seconds - 0.3, 1 / RATE)
    position, height, width = waves.T
    height = height * rng.lognormal(sigma=0.5, size=len(waves))
    width = width * rng.lognormal(sigma=0.35, size=len(waves))
    shape = np.exp(-(((time[:, None] - position) / width) ** 2) / 2)
    drift = 0.15 * rng.normal() * np.sin(2 * np.pi * 0.4 * time + rng.uniform(0, 6))
    return (shape @ height + drift + 0.12 * rng.normal(size=len(time)))[:, None]


def make_beats(n, seed):
    """Return beats of unequal lengths, and what they are."""
    rng = np.random.default_rng(seed)
    kinds = rng.choice(["normal", "premature"], p=[0.75, 0.25], size=n)
    typical = np.where(kinds == "premature", 0.75, 0.85)
    lengths = typical * rng.lognormal(sigma=0.12, size=n)
    waves = {"normal": NORMAL, "premature": PREMATURE}
    beats = [make_beat(waves[k], s, rng) for k, s in zip(kinds, lengths, strict=True)]
    return beats, kinds


X, y = make_beats(900, seed=0)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=500, stratify=y, random_state=0)
print(f"{len(X_train)} beats of {min(map(len, X))} to {max(map(len, X))} values")

fig, axes = plt.subplots(1, 2, figsize=(9, 2.8), sharey=True, layout="constrained")
for ax, kind, colour in zip(axes, ["normal", "premature"], ["#0072B2", "#D55E00"], strict=True):
    for beat in [x for x, label in zip(X_train, y_train, strict=True) if label == kind][:12]:
        ax.plot(np.arange(len(beat)) / RATE, beat, color=colour, alpha=0.5, lw=1)
    ax.set_title(f"{kind}, 12 beats", loc="left")
    ax.set_xlabel("seconds")
    ax.spines[["top", "right"]].set_visible(False)
axes[0].set_ylabel("millivolts")

# %%
# The search
# ----------
# The pipeline removes the median of each beat, and the network reads it in steps of four values,
# which a convolution makes. The search compares what the network remembers, and how it sums up.


def remove_median(beats):
    """Return the beats around their medians."""
    return [beat - np.median(beat) for beat in beats]


network = GRUClassifier(
    stem=Convolution(kernel_size=8, stride=4),
    max_epochs=25,
    random_state=0,
)
search = GridSearchCV(
    make_pipeline(FunctionTransformer(remove_median), network),
    {
        "gruclassifier__hidden_size": [8, 32],
        "gruclassifier__pooling": ["last", "attention"],
    },
    scoring="roc_auc",
    cv=3,
)
search.fit(X_train, y_train)
results = search.cv_results_
for score, params in sorted(
    zip(results["mean_test_score"], map(str, results["params"]), strict=True), reverse=True
):
    print(f"{score:.3f}  {params.replace('gruclassifier__', '')}")

# %%
# New beats
# ---------
# Left: how many of the premature beats are found, against how many normal beats are false alarms.
# Right: the probabilities of both kinds. Nearly all are close to 0 or 1.

premature = search.predict_proba(X_test)[:, 1]
kinds = [premature[y_test == kind] for kind in ("normal", "premature")]

fig, axes = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
curve = RocCurveDisplay.from_predictions(y_test == "premature", premature, ax=axes[0])
axes[0].get_legend().remove()
axes[0].set(xlabel="fraction of false alarms", ylabel="fraction of premature beats found")
axes[0].set_title(f"Detection, area under the curve {curve.roc_auc:.3f}", loc="left")
axes[1].hist(kinds, bins=10, range=(0, 1), color=["#0072B2", "#D55E00"], log=True)
axes[1].legend(["normal", "premature"], title="the beat is", frameon=False, loc="upper center")
axes[1].set(xlabel="predicted probability of a premature beat", ylabel="beats")
axes[1].set_title("How sure the network is", loc="left")
for ax in axes:
    ax.spines[["top", "right"]].set_visible(False)

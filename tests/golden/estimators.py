"""Cases of the regressors and classifiers."""

import pickle
import tempfile
from functools import partial

import numpy as np
import pandas as pd
from registry import CASES, case
from samples import Network, ragged, sequences, series
from sklearn.linear_model import LogisticRegression, Ridge

import skrnn
from skrnn import SlidingWindowClassifier, SlidingWindowRegressor, Trainer
from skrnn.metrics import sequence_scorer


def estimator(kind, **params):
    """Return an estimator; names with two underscores are those of its groups."""
    size = {"module": Network} if kind.startswith("Module") else {"hidden_size": 8}
    quick = {"max_epochs": 4, "random_state": 0, **size}
    return getattr(skrnn, kind)(**quick).set_params(**params)


def outputs(model, X):
    """Return predictions, and the losses of the training."""
    results = {"predict": model.predict(X), "loss": model.history_["loss"]}
    if hasattr(model, "predict_proba"):
        codes = np.searchsorted(model.classes_, results["predict"])
        results |= {"predict": codes, "proba": model.predict_proba(X)}
    results["val_loss"] = model.history_.get("val_loss", [])
    results["epochs"] = [model.n_iter_, model.best_epoch_]
    return results


def regression(kind, **params):
    """Fit numbers, pairs of numbers, lists, tables and, where they can be, targets per step."""
    X, y, _, steps = sequences()
    lists, totals, list_steps = ragged()
    model = partial(estimator, kind, **params)
    results = {
        **outputs(model().fit(X, y), X),
        "score": model().fit(X, y).score(X, y),
        "pairs": model().fit(X, np.c_[y, -2 * y]).predict(X),
        "ragged": model().fit(lists, totals).predict(lists),
        "float32": model().fit(X, y).predict(X.astype(np.float32)),
        "table": model(n_channels=2).fit(X.reshape(40, -1), y).predict(X.reshape(40, -1)),
        "one_channel": model().fit(X[..., 0], y).predict(X[..., 0]),
        "steps": model().fit(X, steps).predict(X),
    }
    if kind != "Seq2SeqRegressor":
        results["ragged_steps"] = np.concatenate(model().fit(lists, list_steps).predict(lists))
    return results


def classification(kind, **params):
    X, y, labels, _ = sequences()
    lists, totals, _ = ragged()
    model = partial(estimator, kind, **params)
    weighted = model(class_weight="balanced").fit(X, labels, sample_weight=1.0 + (y > 0))
    return {
        **outputs(model().fit(X, labels), X),
        "two": model().fit(X, y > 0).predict_proba(X),
        "ragged": model().fit(lists, totals > 0).predict_proba(lists),
        "weighted": weighted.predict_proba(X),
        "table": model(n_channels=2)
        .fit(X.reshape(40, -1), labels)
        .predict_proba(X.reshape(40, -1)),
    }


def fitted(kind, **params):
    """Fit with settings; targets are numbers, or labels."""
    X, y, labels, _ = sequences()
    target = labels if kind.endswith("Classifier") else y
    return outputs(estimator(kind, **params).fit(X, target), X)


def per_step(kind, **params):
    X, _, _, steps = sequences(t=12)
    model = estimator(kind, **params).fit(X, steps)
    return {
        **outputs(model, X),
        "score": model.score(X, steps),
        "aligned": model.align_targets(steps),
    }


for kind in ("RNN", "LSTM", "GRU", "Module", "Transformer", "WaveNet", "Seq2Seq"):
    CASES[f"{kind}_regressor"] = partial(regression, f"{kind}Regressor")
    if kind != "Seq2Seq":
        CASES[f"{kind}_classifier"] = partial(classification, f"{kind}Classifier")

FITS = {
    "stacked": ("LSTMRegressor", {"n_layers": 2, "dropout": 0.2, "recurrent_dropout": 0.2}),
    "layer_norm": ("GRURegressor", {"recurrence__layer_norm": True, "bidirectional": True}),
    "layer_norm_lstm": ("LSTMClassifier", {"recurrence__layer_norm": True, "pooling": "mean"}),
    "irnn": (
        "RNNRegressor",
        {"recurrence__activation": "relu", "recurrence__initializer": "identity"},
    ),
    "relu_gru": ("GRUClassifier", {"recurrence__activation": "relu"}),
    "glorot": ("LSTMRegressor", {"recurrence__initializer": "glorot_uniform"}),
    "jordan": (
        "RNNRegressor",
        {"recurrence__feedback": "output-hidden", "recurrence__output_size": 3},
    ),
    "output_output": (
        "RNNClassifier",
        {"recurrence__feedback": "output-output", "recurrence__layer_norm": True},
    ),
    "skip": ("GRURegressor", {"n_layers": 3, "recurrence__connections": "skip"}),
    "dense": (
        "LSTMClassifier",
        {"n_layers": 3, "recurrence__connections": "dense", "dropout": 0.1},
    ),
    "convolution": ("LSTMRegressor", {"stem__kernel_size": 3, "stem__stride": 1}),
    "segments": ("GRUClassifier", {"stem__kernel_size": 2}),
    "attention_pooling": ("GRURegressor", {"pooling": "attention", "bidirectional": True}),
    "absolute": ("LSTMRegressor", {"loss": "absolute_error", "batch_size": 8}),
    "huber": ("WaveNetRegressor", {"loss": "huber", "learning_rate": 0.1}),
    "transformer": ("TransformerRegressor", {"n_heads": 2, "feedforward_size": 9, "dropout": 0.1}),
    "transformer_conv": ("TransformerClassifier", {"stem__kernel_size": 2, "pooling": "attention"}),
    "wavenet": ("WaveNetClassifier", {"n_layers": 2, "n_blocks": 2, "kernel_size": 3}),
    "wavenet_dropout": ("WaveNetRegressor", {"dropout": 0.2, "pooling": "mean"}),
    "seq2seq_gru": ("Seq2SeqRegressor", {"cell": "gru", "bidirectional": True, "n_layers": 2}),
    "seq2seq_rnn": ("Seq2SeqRegressor", {"cell": "rnn", "dropout": 0.1}),
    "module": ("ModuleRegressor", {"module_params": {"width": 3, "dropout": 0.2}}),
    "stopping": (
        "GRURegressor",
        {"early_stopping": True, "refit": True, "max_epochs": 30, "n_iter_no_change": 2},
    ),
    "stopping_classes": (
        "LSTMClassifier",
        {"early_stopping": True, "refit": True, "max_epochs": 15, "validation_fraction": 0.3},
    ),
    "class_weight": ("GRUClassifier", {"class_weight": {"a": 1, "b": 5, "c": 2}}),
}
for name, (kind, params) in FITS.items():
    CASES[f"fit_{name}"] = partial(fitted, kind, **params)

TRAINERS = {
    "sgd": ("LSTMRegressor", {"optimizer": "sgd", "schedule": "constant", "clip_value": 0.1}),
    "adamw": ("GRUClassifier", {"optimizer": "adamw", "weight_decay": 0.1, "clip_norm": None}),
    "norms": ("RNNRegressor", {"gradient_norms": True, "clip_norm": 0.2}),
    "float64": ("LSTMRegressor", {"precision": "float64"}),
    "float64_gru": ("GRUClassifier", {"precision": "float64"}),
    "float64_wavenet": ("WaveNetRegressor", {"precision": "float64"}),
    "float64_transformer": ("TransformerRegressor", {"precision": "float64"}),
    "float64_seq2seq": ("Seq2SeqRegressor", {"precision": "float64"}),
    "tbptt": ("GRURegressor", {"tbptt_steps": 3}),
    "tbptt_lstm": ("LSTMClassifier", {"tbptt_steps": 2}),
}
for name, (kind, params) in TRAINERS.items():
    CASES[f"trainer_{name}"] = partial(fitted, kind, trainer=Trainer(**params))

STEPS = {
    "steps_tbptt": ("LSTMRegressor", {"trainer": Trainer(tbptt_steps=4)}),
    "steps_tbptt_wavenet": ("WaveNetRegressor", {"trainer": Trainer(tbptt_steps=5)}),
    "steps_both_ways": ("GRURegressor", {"bidirectional": True, "n_layers": 2}),
    "steps_convolution": ("GRURegressor", {"stem__kernel_size": 3, "stem__stride": 2}),
    "steps_stopping": ("RNNRegressor", {"early_stopping": True, "refit": True, "max_epochs": 9}),
}
for name, (kind, params) in STEPS.items():
    CASES[name] = partial(per_step, kind, **params)


@case
def weights_and_validation():
    X, y, labels, _ = sequences()
    X_val, y_val, labels_val, _ = sequences(20, seed=1)
    weights = np.random.default_rng(2).integers(0, 3, size=len(X)).astype(float)
    stop = {"early_stopping": True, "max_epochs": 12, "n_iter_no_change": 2}
    stopped = estimator("GRURegressor", **stop, refit=True)
    classes = estimator("LSTMClassifier", **stop)
    watched = estimator("WaveNetRegressor").fit(X, y, X_val=X_val, y_val=y_val)
    return {
        **outputs(stopped.fit(X, y, X_val=X_val, y_val=y_val), X),
        "classes": classes.fit(X, labels, X_val=X_val, y_val=labels_val).predict_proba(X),
        "watched": watched.history_["val_loss"],
        "weights": estimator("LSTMRegressor").fit(X, y, sample_weight=weights).predict(X),
        "score": estimator("GRURegressor").fit(X, y).score(X, y, sample_weight=weights),
    }


@case
def going_on():
    X, y, labels, _ = sequences()
    warm = estimator("GRURegressor", warm_start=True).fit(X, y)
    partly = estimator("LSTMClassifier").partial_fit(X[:20], labels[:20], classes=["a", "b", "c"])
    numbers = estimator("WaveNetRegressor").partial_fit(X, y)
    return {
        "warm": warm.fit(X, 2 * y).predict(X),
        "warm_loss": warm.history_["loss"],
        "partial": partly.partial_fit(X[20:], labels[20:]).predict_proba(X),
        "pickled": pickle.loads(pickle.dumps(warm)).fit(X, y).predict(X),
        "partial_numbers": numbers.partial_fit(X, y).predict(X),
    }


@case
def running():
    """Callback, checkpoints and a trainer set by name decide nothing but where it ends."""
    X, y, _, steps = sequences()
    losses = []

    def watch(record):
        losses.append(record["loss"])
        return len(losses) == 3

    with tempfile.TemporaryDirectory() as folder:
        model = estimator("GRURegressor", verbose=0).set_params(
            trainer__callback=watch, trainer__checkpoint_dir=folder
        )
        last = outputs(model.fit(X, y), X)
    scored = estimator("LSTMRegressor").fit(X, steps)
    scorers = {"r2": sequence_scorer("r2"), "last": sequence_scorer("neg_mean_squared_error", -1)}
    return {**last, **{name: scorer(scored, X, steps) for name, scorer in scorers.items()}}


@case
def more_forms():
    X, y, labels, _ = sequences()
    lists, totals, steps = ragged()
    flat = [part[:, 0] for part in steps]
    pooled = estimator("GRURegressor", pooling="attention").fit(lists, totals)
    wavenet = estimator("WaveNetRegressor", trainer=Trainer(tbptt_steps=3)).fit(lists, totals)
    gru = estimator("GRURegressor", trainer=Trainer(tbptt_steps=3)).fit(lists, steps)
    one = estimator("GRURegressor").fit(X[..., 0], y)
    _, state = one.predict_step(X[:, 0, 0])
    conv = estimator("LSTMRegressor", stem__kernel_size=2, stem__stride=1).fit(lists, steps)
    frame = pd.DataFrame(X.reshape(40, -1)).add_prefix("c")
    both = estimator("WaveNetClassifier", n_channels=2).fit(frame, labels == "b")
    return {
        "pooled": pooled.predict(lists),
        "wavenet": wavenet.predict(lists),
        "gru": np.concatenate(gru.predict(lists)),
        "flat": np.concatenate(estimator("RNNRegressor").fit(lists, flat).predict(lists)),
        "step": one.predict_step(X[:, 1, 0], state)[0],
        "convolution": np.concatenate(conv.predict(lists)),
        "aligned": np.concatenate(conv.align_targets(steps)),
        "score": conv.score(lists, steps),
        "frame": both.predict_proba(frame),
        "longer": pooled.predict(np.tile(X, (1, 3, 1))),
    }


@case
def step_by_step():
    X, y, labels, _ = sequences()
    results = {}
    double = {"trainer": Trainer(precision="float64")}
    models = {
        "rnn": estimator("RNNRegressor", n_layers=2),
        "lstm": estimator("LSTMRegressor", recurrence__layer_norm=True),
        "gru": estimator("GRUClassifier", recurrence__connections="dense", n_layers=2),
        "wavenet": estimator("WaveNetRegressor", n_layers=2, n_blocks=2),
        "gru64": estimator("GRURegressor", **double),
        "wavenet64": estimator("WaveNetRegressor", **double),
    }
    for kind, model in models.items():
        model.fit(X, labels if kind == "gru" else y)
        state = None
        for i in range(X.shape[1]):
            output, state = model.predict_step(X[:, i], state)
        codes = output if output.dtype.kind == "f" else np.searchsorted(model.classes_, output)
        results[kind] = codes
        results[f"{kind}_state"] = np.concatenate([np.ravel(part) for part in state])
    return results


@case
def long_sequences():
    """Longer ones than a piece of the prediction."""
    X, y, _, steps = sequences(4, 2100, 1)
    model = estimator("GRURegressor", max_epochs=1, trainer=Trainer(tbptt_steps=500))
    return {"one": model.fit(X, y).predict(X), "steps": model.fit(X, steps).predict(X)}


@case
def dropout_draws():
    X, y, _, steps = sequences()
    results = {}
    for kind in ("LSTMRegressor", "TransformerRegressor", "Seq2SeqRegressor", "ModuleRegressor"):
        params = {"module_params": {"dropout": 0.3}} if "Module" in kind else {"dropout": 0.3}
        model = estimator(kind, **params).fit(X, y)
        mean, std = model.predict(X, return_std=True, mc_samples=5)
        results |= {kind: mean, f"{kind}_std": std}
    model = estimator("GRURegressor", recurrent_dropout=0.3).fit(X, steps)
    results["steps_std"] = model.predict(X, return_std=True, mc_samples=3)[1]
    return results


@case
def seq2seq():
    X, y, _, _ = sequences()
    targets = np.stack([y, -y, np.roll(y, 1)], axis=1)
    unequal = [row[: 1 + i % 3] for i, row in enumerate(targets)]
    lists, totals, _ = ragged()
    results = {}
    for attention in (None, "additive", "dot"):
        model = estimator("Seq2SeqRegressor", attention=attention).fit(X, targets)
        results |= {
            f"{attention}": model.predict(X),
            f"{attention}_longer": model.predict(X, n_steps=5),
        }
        if attention:
            results[f"{attention}_weights"] = model.attention_weights(X)
            model.fit(lists, np.c_[totals, -totals])
            results[f"{attention}_ragged"] = np.concatenate(model.attention_weights(lists), axis=1)
    sampled = estimator("Seq2SeqRegressor", scheduled_sampling=0.5, dropout=0.1, cell="gru")
    results["unequal"] = sampled.fit(X, unequal).predict(X)
    results["score"] = sampled.score(X, unequal)
    results["vectors"] = sampled.fit(X, np.stack([targets, -targets], axis=2)).predict(X)
    return results


@case
def sliding_windows():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(
        rng.normal(size=(90, 3)), columns=["a", "b", "c"], index=series(90, "day").index
    )
    y = X["a"].shift(2).fillna(0) + 0.1 * rng.normal(size=90)
    table, results = X.to_numpy(), {}
    regressors = {
        "gru": estimator("GRURegressor"),
        "wavenet": estimator("WaveNetRegressor", early_stopping=True),
        "ridge": Ridge(),
    }
    for name, inner in regressors.items():
        model = SlidingWindowRegressor(inner, window_length=5, sampling_rate=2, horizon=1)
        model.fit(X[:70], y[:70])
        results |= {name: model.predict(X[70:]), f"{name}_all": model.predict(X)}
        model.fit(table[:70], np.c_[y, -y][:70])
        results[f"{name}_array"] = model.predict(table[70:])
    for name, inner in {
        "lstm": estimator("LSTMClassifier"),
        "logistic": LogisticRegression(),
    }.items():
        model = SlidingWindowClassifier(inner, window_length=4, horizon=0)
        model.fit(X[:70], y[:70] > 0, sample_weight=np.arange(1.0, 71.0))
        results |= {name: model.predict(X[70:]), f"{name}_proba": model.predict_proba(X[70:])}
    results["decision"] = model.decision_function(X[60:])
    for index in ("int", "month", "hour"):
        rows = X.set_axis(series(90, index).index)
        model = SlidingWindowRegressor(estimator("GRURegressor"), window_length=6)
        model.fit(rows[:70], y.to_numpy()[:70])
        results |= {index: model.predict(rows[70:]), f"{index}_gap": model.predict(rows[75:])}
    order = X.set_axis(np.cumsum(1 + np.arange(90) % 3))
    results["order"] = model.fit(order[:70], y.to_numpy()[:70]).predict(order[70:])
    return results

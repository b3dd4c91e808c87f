"""Hybrids: a baseline and several networks, weighed on rows that they have not seen."""

from __future__ import annotations

from dataclasses import replace
from numbers import Integral
from typing import Any

import numpy as np

from skrnn._compat import Interval, StrOptions
from skrnn.data import Sequences
from skrnn.nn import Ensemble
from skrnn.training import Trained, predict_module, spawn_seeds

from ._convolutional_ridge import ConvolutionalRidge

FEWEST_ROWS = 10  # from which a baseline is fitted and weighed
FOLDS_OF_ONE = 4  # a single network is weighed on a quarter of the rows

HYBRID: dict[str, list] = {
    "baseline": [StrOptions({"auto"}), None],
    "n_members": [Interval(Integral, 1, None, closed="left")],
}

HYBRID_TEXTS = {
    "hybrid": """
    By default it is a hybrid. A ridge regression on random convolutional features [1]_, the
    baseline, and the network each give scores, and two weights, chosen on rows that neither has
    seen, add them up: where one does not help, its weight is 0. Each network is trained without a
    fold of the rows, and weighed on that.
    """,
    "baseline": """
    baseline : "auto" or None, default="auto"
        "auto" adds the ridge regression, except for fewer than 10 rows and for overlapping windows
        of a table. None leaves the network alone, which is then trained on all rows.
    """,
    "n_members": """
    n_members : int, default=3
        Number of networks, whose outputs are averaged. With a baseline, each is trained without one
        of as many folds of the rows; a single one is trained twice, first without a quarter of
        the rows.
    """,
    "hybrid_fitted": """
    baseline_ : object or None
        The fitted baseline.
    score_weights_ : dict of str to float
        Weights of the scores of "baseline" and "network".
    """,
}


def without_baseline(estimator):
    """Raise an AttributeError for an estimator with a baseline, which cannot learn in parts."""
    if estimator.baseline is not None:
        raise AttributeError(
            "partial_fit trains the network alone, but baseline='auto' needs all rows at once; set "
            "baseline=None."
        )
    return True


class Hybrid:
    """Mixin of an estimator whose network is weighed against a baseline."""

    baseline: str | None
    n_members: int

    def _fit_networks(self: Any, start, seeds, data, settings, **stages):
        def fit(number, rows=None):
            examples = data if rows is None else data.take(rows)
            return self._fit_member(number, start, seeds, examples, settings, **stages)

        folds = self._folds(data, seeds.split)
        if folds is None:
            members = [fit(i) for i in range(self.n_members)]
            self.baseline_, self.score_weights_ = None, {"network": 1.0}
        else:
            members = [fit(i, np.flatnonzero(folds != i)) for i in range(self.n_members)]
            self._weigh(data, folds, [trained.validated[0].module for trained in members], seeds)
            if self.n_members == 1:
                members = [fit(0)]
            if stages["everything"] is not None:
                self.baseline_ = self._fit_baseline(stages["everything"]()[0], seeds)
        return Trained(
            [_joined([trained.validated[0] for trained in members])],
            [_joined([trained.final[0] for trained in members])],
        )

    def _fit_member(self: Any, i, start, seeds, data, settings, **stages) -> Trained:
        """Train one network, or go on from that of the last call."""
        weights, loop = (spawn_seeds(seed, i + 1)[i] for seed in (seeds.weights, seeds.loop))
        state, title = vars(self).get("_optimizer_state"), ""
        if self.n_members > 1:
            title = f"network {i + 1} of {self.n_members}: "
            if start is not None:
                start, state = start.members[i], state and state["members"][i]
        seeds = seeds._replace(weights=weights, loop=loop)
        return self._fit_network(start, seeds, data, settings, state, title=title, **stages)

    def _folds(self: Any, data, seed):
        """Return the fold of each row, balanced by class; None without a baseline."""
        sequences = isinstance(data.inputs, Sequences)
        few = len(data) < FEWEST_ROWS
        if self.baseline is None or few or not (sequences and self._suits_baseline):
            return None
        n_folds = self.n_members if self.n_members > 1 else FOLDS_OF_ONE
        order = np.random.default_rng(seed).permutation(len(data))
        strata = self._strata(data.targets)
        if strata is not None:
            order = order[np.argsort(strata[order], kind="stable")]
        folds = np.empty(len(data), dtype=int)
        folds[order] = np.arange(len(data)) % n_folds
        return folds

    def _fit_baseline(self: Any, data, seeds):
        targets = self._baseline_targets(data.targets)
        return ConvolutionalRidge().fit(data.inputs, targets, data.weights, seeds.weights)

    def _weigh(self: Any, data, folds, networks, seeds):
        """Fit the baseline, and choose the weights on what neither it nor a network has seen."""
        self.baseline_ = self._fit_baseline(data, seeds)
        rows = [np.flatnonzero(folds == i) for i in range(len(networks))]
        outputs = [
            np.stack(predict_module(network, data.inputs, index))
            for network, index in zip(networks, rows, strict=True)
        ]
        held_out = np.concatenate(rows)
        weights = self._choose_weights(
            self.baseline_.left_out_[held_out],
            np.concatenate(outputs).astype(np.float64),
            data.targets[held_out],
            data.weights[held_out],
        )
        self.score_weights_ = dict(zip(("baseline", "network"), weights, strict=True))

    def _encoded_outputs(self: Any, encoded):
        """Return the weighed sum of the outputs of the baseline and the network."""
        outputs = predict_module(self.module_, encoded)
        return outputs if self.baseline_ is None else self._add_baseline(outputs, encoded)

    def _add_baseline(self: Any, outputs, encoded):
        scores = self.baseline_.predict(encoded)
        a, b = self.score_weights_["baseline"], self.score_weights_["network"]
        return [a * score + b * output for score, output in zip(scores, outputs, strict=True)]

    def _check_same_network(self: Any):
        super()._check_same_network()  # type: ignore[misc]  # of the estimator
        n_before = len(self.module_.members) if isinstance(self.module_, Ensemble) else 1
        if n_before != self.n_members:
            raise ValueError(
                f"n_members={self.n_members} cannot continue the training of {n_before} networks; "
                "set n_members back, or fit new networks with warm_start=False."
            )


def _joined(results):
    """Return one result for all members: their mean as a network, the history of the first."""
    if len(results) == 1:
        return results[0]
    return replace(
        results[0],
        module=Ensemble([result.module for result in results]),
        optimizer_state={"members": [result.optimizer_state for result in results]},
        interrupted=any(result.interrupted for result in results),
    )

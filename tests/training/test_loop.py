"""The loop against a few lines of plain torch, and what it promises."""

import copy

import numpy as np
import pytest
import torch
from process_state import global_generators
from training.cases import SQUARED, fit, flat, make_data, make_module, make_settings

from skrnn.data import SupervisedSequences
from skrnn.nn import Dropout, Module
from skrnn.training import OPTIMIZERS, cross_entropy, evaluate, fit_module, spawn_seeds


def plain_torch(module, X, y, *, n_epochs, batch_size, peak, clip_norm, optimizer, rng):
    """Train as anyone would write it."""
    module = copy.deepcopy(module).double()
    optimizer = optimizer(module.parameters())
    n_batches = -(-len(X) // batch_size)
    schedule = torch.linspace(0, 1, n_epochs * n_batches + 1, dtype=torch.float64)[:-1]
    rising, falling = schedule / 0.3, (schedule - 0.3) / 0.7
    up = 0.04 + 0.96 * (1 - torch.cos(torch.pi * rising)) / 2
    down = 1 - (1 - 1e-4) * (1 - torch.cos(torch.pi * falling)) / 2
    rates = iter(peak * torch.where(schedule < 0.3, up, down))
    for _ in range(n_epochs):
        for rows in np.array_split(rng.permutation(len(X)), n_batches):
            optimizer.param_groups[0]["lr"] = next(rates).item()
            outputs, _ = module.encoder(torch.from_numpy(X[rows]))
            loss = (module.head(outputs) - torch.from_numpy(y[rows])).square().mean()
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(module.parameters(), clip_norm)
            optimizer.step()
    return module


PLAIN = {
    "adam": lambda p: torch.optim.Adam(p, weight_decay=0.01),
    "adamw": lambda p: torch.optim.AdamW(p, weight_decay=0.01),
    "sgd": lambda p: torch.optim.SGD(p, momentum=0.9, nesterov=True, weight_decay=0.01),
}


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_equal_to_plain_torch(optimizer):
    data, module = make_data(n=41), make_module()
    expected = plain_torch(
        module,
        data.inputs.values.reshape(41, 5, 2),
        data.targets,
        n_epochs=6,
        batch_size=16,
        peak=0.02,
        clip_norm=0.3,
        optimizer=PLAIN[optimizer],
        rng=np.random.default_rng(spawn_seeds(7, 2)[0]),
    )
    how = {"optimizer": optimizer, "weight_decay": 0.01, "clip_norm": 0.3, "n_epochs": 6}
    result = fit(data, copy.deepcopy(module), seed=7, **how)
    torch.testing.assert_close(flat(result.module), flat(expected), rtol=1e-9, atol=1e-12)
    assert (flat(expected) - flat(module).double()).abs().max() > 1e-3
    unclipped = fit(data, module, seed=7, **{**how, "clip_norm": None})
    assert not torch.allclose(flat(unclipped.module), flat(expected))


@pytest.mark.parametrize("per_step", [False, True])
@pytest.mark.parametrize("ragged", [False, True])
def test_a_weight_is_a_number_of_repetitions(ragged, per_step):
    counts = np.random.default_rng(1).integers(1, 4, size=12)
    data = make_data(12, ragged, per_step, weights=counts.astype(float))
    repeated = data.take(np.repeat(np.arange(12), counts))
    repeated.weights = np.ones(counts.sum())
    pooling = None if per_step else "last"
    weighted, expected = (
        fit(d, make_module(pooling), batch_size=64, n_epochs=20) for d in (data, repeated)
    )
    torch.testing.assert_close(flat(weighted.module), flat(expected.module), rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(weighted.history["loss"], expected.history["loss"])
    losses = [evaluate(expected.module, d, SQUARED) for d in (data, repeated)]
    assert losses[0] == pytest.approx(losses[1], rel=1e-12)


def test_light_batches_pull_less():
    """A batch of light rows moves the weights as little as its rows do in a batch of all."""
    data = make_data(2, weights=np.array([1.0, 1e-9]))
    steps = []
    for row in (0, 1):
        module = make_module().double()
        batch = data.take(np.array([row]))
        batch.mean_weight = data.mean_weight
        how = {"optimizer": "sgd", "schedule": "constant", "n_epochs": 1, "clip_norm": None}
        before = flat(module)
        steps.append((flat(fit(batch, module, **how).module) - before).norm())
    assert steps[1] < 1e-6 * steps[0]


def test_evaluate_is_the_weighted_mean():
    module = make_module(None).double()
    data = make_data(30, ragged=True, per_step=True, weights=np.linspace(0.1, 2, 30))
    total = weight = 0.0
    for i in range(30):
        (x, *_), y, w = data.gather(np.array([i]))
        error = module.head(module.encoder(torch.from_numpy(x))[0]) - torch.from_numpy(y.copy())
        total += (error.square().mean(dim=-1) * torch.from_numpy(w)).sum().item()
        weight += w.sum()
    assert evaluate(module, data, SQUARED) == pytest.approx(total / weight)


def test_early_stopping_restores_the_best_weights():
    data, validation = make_data(20), make_data(20, seed=1)
    how = {"schedule": "constant", "learning_rate": 0.1, "n_epochs": 60}
    result = fit(data, validation=validation, patience=4, **how)
    losses = result.history["val_loss"]
    assert result.best_epoch == int(np.argmin(losses))
    assert result.n_epochs == len(losses) == result.best_epoch + 5 < 60
    assert evaluate(result.module, validation, SQUARED) == min(losses)
    last = fit(data, validation=validation, keep_best=False, stop_after=len(losses), **how)
    assert evaluate(last.module, validation, SQUARED) == losses[-1] > min(losses)
    assert last.best_epoch == len(losses) - 1


def test_patience_waits_for_the_peak():
    # The targets of the validation data are those of other rows: nothing improves for long.
    data, validation = make_data(20), make_data(20, seed=1)
    validation.targets = -10 * validation.targets
    result = fit(data, validation=validation, patience=1, n_epochs=50, learning_rate=1e-3)
    assert 15 <= result.n_epochs < 50
    eager = fit(data, validation=validation, patience=1, n_epochs=50, schedule="constant")
    assert eager.n_epochs < 15


def test_the_untrained_module_may_be_the_best():
    data, module = make_data(20), make_module().double()
    before = flat(module)
    worse = make_data(20, seed=1)
    worse.targets = -10 * worse.targets
    result = fit(data, module, validation=worse, start_from_untrained=True, learning_rate=0.1)
    assert result.best_epoch == -1
    assert torch.equal(flat(result.module), before)


@pytest.mark.parametrize("epochs", [1, 3])
def test_stop_after_replays_the_schedule(epochs):
    def stop(record):
        return record["epoch"] + 1 == epochs

    whole = fit(n_epochs=10, callback=stop)
    part = fit(n_epochs=10, stop_after=epochs)
    assert part.n_epochs == whole.n_epochs == epochs
    assert part.history == whole.history
    assert torch.equal(flat(part.module), flat(whole.module))
    assert not torch.equal(flat(part.module), flat(fit(n_epochs=epochs).module))


class Pruned(Exception):
    """An error of the user, without text."""


def test_errors_of_a_callback_pass_with_a_note():
    def callback(record):
        if record["epoch"] == 1:
            raise Pruned

    with pytest.raises(Pruned, match="callback of the Trainer after epoch 1"):
        fit(n_epochs=10, callback=callback)


def test_callback_reads_every_epoch():
    records = []
    result = fit(callback=records.append, validation=make_data(8))
    assert [r["epoch"] for r in records] == [0, 1, 2, 3]
    for name in ("loss", "learning_rate", "val_loss"):
        assert [r[name] for r in records] == result.history[name]


def test_epochs_of_a_few_batches_draw_again():
    class Spy(SupervisedSequences):
        def gather(self, index):
            drawn.append(sorted(index))
            return super().gather(index)

    drawn, data = [], make_data(40)
    spy = Spy(data.inputs, data.targets)
    result = fit(spy, max_batches=2, batch_size=4, n_epochs=3)
    assert [len(rows) for rows in drawn] == [4] * 6
    assert len({row for rows in drawn for row in rows}) > 12
    assert result.n_epochs == 3


@pytest.mark.parametrize("n", [33, 40, 64])
def test_an_epoch_takes_every_row_once(n):
    class Spy(SupervisedSequences):
        def gather(self, index):
            drawn.append(index)
            return super().gather(index)

    drawn, data = [], make_data(n)
    fit(Spy(data.inputs, data.targets), n_epochs=1)
    assert sorted(np.concatenate(drawn)) == list(range(n))
    sizes = {len(rows) for rows in drawn}
    assert max(sizes) <= 16
    assert max(sizes) - min(sizes) <= 1


def test_not_finite_loss():
    data = make_data(20)
    data.targets = data.targets * 1e200
    expected = (
        r"The loss is not finite after epoch 1 \(loss=inf\); lower learning_rate, and keep "
        r"Trainer\(clip_norm=1\.0\), the default\."
    )
    with pytest.raises(ValueError, match=expected):
        fit(data)


@pytest.mark.parametrize("validation", [None, make_data(8)])
def test_interrupt_keeps_weights_and_history(validation):
    def interrupt(record):
        if record["epoch"] == 2:
            raise KeyboardInterrupt

    kept = "weights reached" if validation is None else "best weights reached"
    expected = f"Training was interrupted after 3 of 10 epochs; the {kept} are kept"
    with pytest.warns(UserWarning, match=expected):
        result = fit(n_epochs=10, callback=interrupt, validation=validation)
    assert result.interrupted
    assert result.n_epochs == len(result.history["loss"]) == 3
    expected = fit(n_epochs=10, stop_after=3, validation=validation)
    assert not expected.interrupted
    assert torch.equal(flat(result.module), flat(expected.module))


class Interrupting:
    """A loss that is interrupted at its n-th call."""

    def __init__(self, n):
        self.n_left = n

    def __call__(self, output, target):
        self.n_left -= 1
        if self.n_left == 0:
            raise KeyboardInterrupt
        return SQUARED(output, target)


@pytest.mark.parametrize("validation", [None, make_data(8)])
def test_interrupt_before_the_first_epoch_ends(validation):
    """There is nothing to keep."""
    with pytest.raises(KeyboardInterrupt):
        fit(loss=Interrupting(1), validation=validation, start_from_untrained=True)


def test_interrupt_within_an_epoch():
    data, loss = make_data(8), Interrupting(6)
    with pytest.warns(UserWarning, match="after 2 of 9 epochs"):
        result = fit(data, loss=loss, validation=data, n_epochs=9, batch_size=8)
    expected = fit(data, validation=data, n_epochs=9, stop_after=2, batch_size=8)
    assert result.history == expected.history
    assert torch.equal(flat(result.module), flat(expected.module))


def test_weights_that_diverged_before_the_interrupt_are_not_kept():
    def interrupt(record):
        torch.nn.init.constant_(next(module.parameters()), float("nan"))
        raise KeyboardInterrupt

    module = make_module()
    with pytest.raises(KeyboardInterrupt):
        fit(module=module, callback=interrupt)


def test_interrupt_as_asked_for():
    def interrupt(record):
        raise KeyboardInterrupt

    def search():
        return fit(callback=interrupt, **options)

    options = {"on_interrupt": "raise"}
    with pytest.raises(KeyboardInterrupt):
        search()
    options = {"on_interrupt": "keep"}
    with pytest.warns(UserWarning, match="interrupted"):
        assert called_by("joblib.parallel", search).interrupted
    options = {}
    with pytest.raises(KeyboardInterrupt):
        called_by("joblib.parallel", search)
    with pytest.raises(KeyboardInterrupt):
        called_by("sklearn.basement", search)
    for once in ("sklearn.base", "sklearn.utils.metaestimators", "sktime.forecasting.base._base"):
        with pytest.warns(UserWarning, match="interrupted"):
            assert called_by(once, search).interrupted


def called_by(module, function):
    """Call `function` by code of this module."""
    namespace = {"__name__": module}
    exec("def call(function):\n    return function()", namespace)
    return namespace["call"](function)


def test_training_continues_from_weights_and_moments():
    data = make_data(16)
    how = {"schedule": "constant", "batch_size": 16}
    first = fit(data, n_epochs=3, **how)
    second = fit(data, first.module, n_epochs=2, optimizer_state=first.optimizer_state, **how)
    torch.testing.assert_close(flat(second.module), flat(fit(data, n_epochs=5, **how).module))
    # Moments are taken over, the learning rate is not.
    third = fit(data, first.module, optimizer_state=first.optimizer_state, learning_rate=1e-9)
    assert third.optimizer_state["param_groups"][0]["lr"] < 1e-8


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_the_seed_decides_every_bit(precision):
    how = {"precision": precision, "validation": make_data(8)}
    first, second, other = (fit(module=make_module(dropout=0.3), seed=s, **how) for s in (0, 0, 1))
    assert flat(first.module).dtype == getattr(torch, precision)
    assert torch.equal(flat(first.module), flat(second.module))
    assert first.history == second.history
    assert not torch.equal(flat(first.module), flat(other.module))


def test_global_generators_stay_as_they_were():
    before = global_generators()
    fit(module=make_module(dropout=0.3), validation=make_data(8))
    assert global_generators() == before


def test_generators_do_not_stay_in_the_module():
    result = fit(module=make_module(dropout=0.3))
    assert not result.module.training
    parts = [part for part in result.module.modules() if isinstance(part, Dropout)]
    assert parts
    assert all(part.generator is None for part in parts)


def test_any_module_and_loss_of_the_contract():
    class Mean(Module):
        def __init__(self):
            super().__init__()
            self.linear = torch.nn.Linear(2, 2)
            torch.nn.init.zeros_(self.linear.weight)

        def forward(self, batch, state=None):
            return self.linear(batch.x.mean(dim=1)), None

    data = make_data(50)
    data.targets = (data.targets[:, 0] > 0).astype(np.int64)
    result = fit_module(Mean(), data, cross_entropy, make_settings(n_epochs=40), seed=0)
    assert result.history["loss"][-1] < 0.8 * result.history["loss"][0]


class Listening(Module):
    """A module that records what the loop gives it."""

    reads_targets = True

    def __init__(self):
        super().__init__()
        self.linear = torch.nn.Linear(2, 1)
        self.received = []

    def forward(self, batch, state=None):
        self.received.append((batch.target, self.progress))
        return self.linear(batch.x[:, -1]), None


def test_targets_are_given_in_training_only():
    data, module = make_data(n=40), Listening()
    fit(data, module, validation=make_data(n=10, seed=1), n_epochs=2, batch_size=20)
    in_training = [given for given in module.received if given[0] is not None]
    assert [progress for _, progress in in_training] == [0, 0.25, 0.5, 0.75]
    assert len(module.received) == 6  # and one validation after each of two epochs
    first = torch.cat([target for target, _ in in_training[:2]]).flatten().sort().values
    torch.testing.assert_close(first, torch.from_numpy(data.targets).flatten().sort().values)


def test_validation_drops_nothing():
    """Not even for a network in training mode."""
    module, data = make_module(dropout=0.5).double(), make_data()
    expected = evaluate(module.eval(), data, SQUARED)
    assert evaluate(module.train(), data, SQUARED) == expected

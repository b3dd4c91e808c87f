"""Training with validation, and again on everything up to the best epoch."""

import numpy as np
import pytest
import torch
from training.cases import SQUARED, fit, flat, make_data, make_module, make_settings

from skrnn.training import fit_and_refit

DATA, VALIDATION, EVERYTHING = make_data(20), make_data(10, seed=1), make_data(30, seed=2)
HOW = {"learning_rate": 0.1, "n_epochs": 20, "patience": 3}


def build(member):
    return make_module(cell=["gru", "lstm"][member])


def train(*, refit=True, seeds=(5,), settings=None, again=None, **options):
    """Train as the facades do; `again` replaces the settings of the second training."""
    settings = make_settings(**HOW) if settings is None else settings
    everything = (lambda: (EVERYTHING, again or settings)) if refit else None
    options = {"validation": VALIDATION, **options}
    return fit_and_refit(build, DATA, SQUARED, settings, seeds, everything=everything, **options)


@pytest.mark.parametrize("seeds", [(5,), (5, 6)])
def test_each_member_is_trained_again_up_to_its_best_epoch(seeds):
    trained = train(seeds=seeds)
    assert len(trained.validated) == len(trained.final) == len(seeds)
    for member, seed in enumerate(seeds):
        first = fit(DATA, build(member), seed=seed, validation=VALIDATION, **HOW)
        validated, final = trained.validated[member], trained.final[member]
        assert validated.history == first.history
        assert torch.equal(flat(validated.module), flat(first.module))
        assert 0 < first.best_epoch < 19
        stop = {**HOW, "stop_after": first.best_epoch + 1}
        expected = fit(EVERYTHING, build(member), seed=seed, **stop)
        assert torch.equal(flat(final.module), flat(expected.module))


@pytest.mark.parametrize("n_epochs", [7, 20, 31])
def test_another_schedule_stops_at_the_same_fraction(n_epochs):
    trained = train(again=make_settings(**{**HOW, "n_epochs": n_epochs}))
    share = (trained.validated[0].best_epoch + 1) / 20
    assert trained.final[0].n_epochs == int(np.ceil(share * n_epochs))


@pytest.mark.parametrize("options", [{"refit": False}, {"validation": None}])
def test_one_training_without_validation_or_refit(options):
    trained = train(**options)
    assert trained.final is trained.validated


class Interrupt:
    """A callback that interrupts the epoch `at`, counted over all trainings."""

    def __init__(self, at):
        self.at, self.n_epochs = at, 0

    def __call__(self, record):
        self.n_epochs += 1
        if self.n_epochs == self.at:
            raise KeyboardInterrupt


def interrupted(at, **options):
    settings = make_settings(n_epochs=4, callback=Interrupt(at), **options)
    trained = train(settings=settings, seeds=(5, 6))
    assert settings.callback.n_epochs == at  # nothing is trained after it
    return trained


def test_an_interrupted_training_is_not_repeated():
    with pytest.warns(UserWarning, match="interrupted after 2 of 4 epochs"):
        trained = interrupted(2)
    assert [result.n_epochs for result in trained.validated] == [2]
    assert trained.final is trained.validated


def test_members_that_are_complete_are_kept():
    with pytest.warns(UserWarning, match="interrupted; 1 of 2 networks are complete and are kept"):
        trained = interrupted(5)
    assert [result.n_epochs for result in trained.validated] == [4]
    assert trained.final is trained.validated


@pytest.mark.parametrize("at", [9, 13])
def test_an_interrupted_refit_keeps_the_networks_with_validation(at):
    complete = train(settings=make_settings(n_epochs=4), seeds=(5, 6), refit=False)
    with pytest.warns(UserWarning, match="in the refit; the network before the refit is kept"):
        trained = interrupted(at)
    assert trained.final is trained.validated
    for kept, expected in zip(trained.final, complete.validated, strict=True):
        assert torch.equal(flat(kept.module), flat(expected.module))


@pytest.mark.parametrize("at", [2, 5, 9])
def test_interrupts_that_raise(at):
    with pytest.raises(KeyboardInterrupt):
        interrupted(at, on_interrupt="raise")


def test_an_interrupt_between_the_trainings_keeps_the_first():
    def everything():
        raise KeyboardInterrupt

    with pytest.warns(UserWarning, match="in the refit"):
        trained = fit_and_refit(
            build, DATA, SQUARED, make_settings(), [5], validation=VALIDATION, everything=everything
        )
    assert trained.final is trained.validated


def test_everything_is_read_after_the_first_training():
    """The facades fix the scaling again when it is called."""
    events = []

    def everything():
        events.append("everything")
        return EVERYTHING, settings

    settings = make_settings(n_epochs=1, callback=lambda record: events.append("epoch"))
    fit_and_refit(build, DATA, SQUARED, settings, [5], validation=VALIDATION, everything=everything)
    assert events == ["epoch", "everything", "epoch"]


def test_both_trainings_start_from_the_state_of_the_optimizer():
    state = fit(DATA, build(0)).optimizer_state
    trained = train(optimizer_state=state)
    options = {"seed": 5, "optimizer_state": state}
    first = fit(DATA, build(0), validation=VALIDATION, **options, **HOW)
    assert torch.equal(flat(trained.validated[0].module), flat(first.module))
    final = fit(EVERYTHING, build(0), **options, **HOW, stop_after=first.best_epoch + 1)
    assert torch.equal(flat(trained.final[0].module), flat(final.module))

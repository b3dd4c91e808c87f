"""Finite but huge values: a warning or an error names their place; no prediction is NaN."""

import numpy as np
import pytest
import torch
from estimators.cases import (
    ESTIMATORS,
    make,
    make_problem,
    one_of_each,
    one_regressor,
    output,
)
from torch import nn

from skrnn import (
    GRURegressor,
    ModuleClassifier,
    ModuleRegressor,
    Seq2SeqRegressor,
    SlidingWindowRegressor,
)

FILL = 9.96921e36


@pytest.fixture(scope="module", params=ESTIMATORS)
def fitted(request):
    return make(request.param).fit(*make_problem(request.param))


@pytest.mark.parametrize("value", [-9999.0, 1e6, FILL, 1e40, -1e308])
def test_huge_inputs_are_clipped_with_a_warning(fitted, value):
    X, _ = make_problem(type(fitted), n=4)
    X[2, 3, 1] = value
    text = rf"X\[2\] has {value:.6g}".replace("+", r"\+") + " at step 3 of channel 1, which is more"
    with pytest.warns(UserWarning, match=text):
        result = output(fitted, X)
    assert np.isfinite(result).all()
    clean = [0, 1, 3]
    np.testing.assert_array_equal(result[clean], output(fitted, X[clean]))


def test_huge_steps():
    X, y = make_problem(GRURegressor)
    model = make(GRURegressor).fit(X, y)
    with pytest.warns(UserWarning, match=r"X\[1\] has 1e\+30 at step 0 of channel 0"):
        assert np.isfinite(model.predict_step([[0.0, 0.0], [1e30, 0.0]])[0]).all()


@one_of_each
@pytest.mark.parametrize("value", [1e6, -FILL, 1e150])
def test_an_outlier_of_the_training(cls, value):
    X, y = make_problem(cls, n=60)
    X[17, 3, 1] = value
    weight = np.ones(60)
    weight[:5] = 0  # rows are those of the argument
    model = make(cls, early_stopping=True)
    with pytest.warns(UserWarning, match=r"X\[17\] has .* at step 3 of channel 1, but 98 % of the"):
        model.fit(X, y, sample_weight=weight)
    assert np.isfinite(output(model, X)).all()
    weight[17] = 0
    model.fit(X, y, sample_weight=weight)
    ragged = [np.ones((2, 1)) * i for i in range(11)]
    ragged[3] = np.array([[1.0], [value]])
    with pytest.warns(UserWarning, match=r"X\[3\] has .* at step 1 of channel 0"):
        model.fit(ragged, y[:11])


@one_regressor
def test_an_outlier_of_the_targets(cls):
    X, y = make_problem(cls, n=60)
    y[41] = 1e6
    with pytest.warns(UserWarning, match=r"y\[41\] has 1e\+06 .* 98 % of the others lie between"):
        model = make(cls).fit(X, y)
    assert np.isfinite(model.predict(X)).all()


@one_regressor
@pytest.mark.filterwarnings("error")
def test_a_constant_channel_and_targets_of_any_size(cls):
    X, y = make_problem(cls)
    X, y = X.astype(np.float32), (1e30 * y).astype(np.float32)
    X[..., 1] = 1e30
    assert np.isfinite(make(cls).fit(X, y).score(X, y))


def test_an_outlier_of_a_table():
    X = np.random.default_rng(0).normal(size=(60, 2))
    model = SlidingWindowRegressor(make(GRURegressor), window_length=3)
    y = X[:, 0].copy()
    X[40, 1] = 1e6
    with pytest.warns(UserWarning, match=r"X\[40\] has 1e\+06 in column 1"):
        model.fit(X, y)
    y[50] = 1e6
    with pytest.warns(UserWarning, match=r"y has 1e\+06 in column 0"):
        model.fit(X[:, :1], y)


@one_of_each
@pytest.mark.parametrize(("dtype", "value"), [(np.float64, 1e250), (np.float32, 3e38)])
def test_values_that_cannot_be_scaled(cls, dtype, value):
    X, y = make_problem(cls)
    X = X.astype(dtype)
    X[7, 2, 0] = -value
    with pytest.raises(ValueError, match=r"X\[7\] has -.* at step 2 of channel 0, but values bey"):
        make(cls).fit(X, y)


@one_regressor
def test_targets_that_cannot_be_learned(cls):
    X, y = make_problem(cls)
    bad = np.where(np.arange(40) == 9, 1e250, y)
    with pytest.raises(
        ValueError, match=r"y\[9\] has 1e\+250 .*, but values beyond 1e\+200 cannot"
    ):
        make(cls).fit(X, bad)
    with pytest.raises(ValueError, match=r"y has 1e\+250, which is more than 1e\+15 standard dev"):
        make(cls).fit(X, y, X_val=X, y_val=bad)


@one_regressor
@pytest.mark.parametrize("size", [1e-320, 1e-300, 1e39, 1e190])
def test_units_of_any_size(cls, size):
    X, y = make_problem(cls)
    y = np.round(y)
    model = make(cls).fit(X * min(size, 1e30), y * size)
    for dtype in (np.float64, np.float32):
        assert np.isfinite(model.predict(np.zeros((2, 6, 2), dtype))).all()


class Root(nn.Module):
    """A network that overflows for large inputs."""

    def __init__(self, input_size, output_size):
        super().__init__()
        self.out = nn.Linear(input_size, output_size)

    def forward(self, x):
        out = self.out(x)
        return out[:, -1] + torch.where(x[:, -1, :1] > 50, torch.nan, 0.0)


class RootOfSteps(Root):
    def forward(self, x, lengths):
        return self.out(x) + torch.where(x[..., :1] > 50, torch.nan, 0.0)


@pytest.mark.parametrize("cls", [ModuleRegressor, ModuleClassifier])
def test_a_prediction_that_is_not_finite_is_refused(cls):
    X, y = make_problem(cls)
    model = cls(module=Root, max_epochs=1).fit(X, y)
    X[5, -1, 0] = 100
    for method in (model.predict, lambda X: output(model, X)):
        with pytest.raises(ValueError, match=r"The prediction for X\[5\] is not a finite number"):
            method(X)


def test_a_prediction_per_step_that_is_not_finite_is_refused():
    X, _ = make_problem(ModuleRegressor)
    X = [x[: 2 + i % 4] for i, x in enumerate(X)]
    model = ModuleRegressor(module=RootOfSteps, max_epochs=1).fit(X, [x.cumsum(axis=0) for x in X])
    X[6] = np.full((4, 2), 100.0)
    with pytest.raises(ValueError, match=r"The prediction for X\[6\] is not a finite number"):
        model.predict(X)
    model = make(Seq2SeqRegressor).fit(X[:6], [x[:, 0] for x in X[:6]])
    with torch.no_grad():
        next(model.module_.parameters()).fill_(torch.nan)
    with pytest.raises(ValueError, match=r"The prediction for X\[0\] is not a finite number"):
        model.predict(X[:6])

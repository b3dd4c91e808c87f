"""Names of parameters that do not exist: errors name the class, and what was meant."""

import inspect
import re

import pytest
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline

from skrnn import (
    Examples,
    GRUClassifier,
    LSTMRegressor,
    ModuleRegressor,
    SlidingWindowRegressor,
    Trainer,
)
from skrnn.forecasting import LSTMForecaster, WaveNetForecaster


class Mine(LSTMRegressor):
    """A subclass of a user."""


@pytest.mark.parametrize(
    ("cls", "name", "text"),
    [
        (LSTMForecaster, "max_epoch", "did you mean max_epochs?"),
        (WaveNetForecaster, "n_layer", "did you mean n_layers?"),
        (Mine, "hiden_size", "did you mean hidden_size?"),
        (LSTMRegressor, "lr", "use learning_rate."),
        (LSTMForecaster, "season_length", "use sp."),
        (LSTMForecaster, "sampling_rate", "use examples=Examples(sampling_rate=...)."),
        (LSTMForecaster, "sampling_rates", "did you mean examples=Examples(sampling_rate=...)?"),
        (GRUClassifier, "device", "use trainer=Trainer(device=...)."),
        (LSTMForecaster, "fh", "use fit(fh=...)."),
        (LSTMForecaster, "horizon", "use fit(fh=...)."),
        (LSTMForecaster, "return_std", "it has window_length, strategy,"),
        (SlidingWindowRegressor, "window", "did you mean window_length?"),
        (Trainer, "max_epoch", "did you mean max_epochs of the estimator?"),
        (Trainer, "weigth_decay", "did you mean weight_decay?"),
        (Examples, "bounds", "use Target(bounds=...)."),
    ],
)
def test_a_constructor_names_the_class_and_the_nearest_parameter(cls, name, text):
    with pytest.raises(TypeError, match=f"^{cls.__name__} has no parameter '{name}'; ") as error:
        cls(**{name: 3})
    assert text in str(error.value)


@pytest.mark.parametrize(
    ("model", "method", "arguments", "text"),
    [
        (LSTMForecaster(), "fit", {"epochs": 3}, "use LSTMForecaster(max_epochs=...)."),
        (LSTMForecaster(), "fit", {"device": "cpu"}, "use LSTMForecaster(trainer=Trainer(device="),
        (LSTMForecaster(), "predict", {"steps": 3}, "use fh."),
        (LSTMForecaster(), "predict_interval", {"coverages": 0.9}, "did you mean coverage?"),
        (LSTMForecaster(), "backtest", {"folds": 3}, "it has y, X, cv, fh, coverage, alpha."),
        (Mine(), "fit", {"X": 1, "y": 1, "epochs": 3}, "use Mine(max_epochs=...)."),
        (Mine(), "predict", {"steps": 3}, "it has X, return_std, mc_samples."),
        (SlidingWindowRegressor(Ridge()), "predict", {"x": 3}, "it has X."),
    ],
)
def test_a_method_names_the_class_and_the_nearest_parameter(model, method, arguments, text):
    name = list(arguments)[-1]
    called = f"{type(model).__name__}.{method} has no parameter '{name}'; {text}"
    with pytest.raises(TypeError, match=f"^{re.escape(called)}"):
        getattr(model, method)(**arguments)


def test_a_method_names_the_class_if_arguments_lack_or_abound():
    with pytest.raises(TypeError, match=r"^Mine\.fit: missing a required argument: 'X'\.$"):
        Mine().fit()
    with pytest.raises(TypeError, match=r"^LSTMForecaster\.fit: too many positional arguments\.$"):
        LSTMForecaster().fit(1, 2, 3, 4)
    with pytest.raises(TypeError, match=r"^y is of type str"):  # any other error is as it was
        LSTMForecaster().fit("up")


def test_parameters_are_passed_by_name():
    text = "type int without a name; pass parameters by name, such as LSTMRegressor(hidden_size="
    with pytest.raises(TypeError, match=re.escape(text)):
        LSTMRegressor(32)
    with pytest.raises(TypeError, match=r"such as Trainer\(optimizer=...\)\.$"):
        Trainer("adam")
    with pytest.raises(TypeError, match="SlidingWindowRegressor needs 'estimator'"):
        SlidingWindowRegressor(window_length=3)
    with pytest.raises(TypeError, match="multiple values"):
        SlidingWindowRegressor(Ridge(), estimator=Ridge())


@pytest.mark.parametrize("facade", [LSTMRegressor, LSTMForecaster])
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("max_epoch", "{} has no parameter 'max_epoch'; did you mean max_epochs?"),
        ("trainer__lerning_rate", "Trainer has no parameter 'lerning_rate'; did you mean learn"),
        ("trainer__weight_decays", "'weight_decays'; did you mean trainer__weight_decay?"),
        ("trainr__weight_decay", "'trainr__weight_decay'; use trainer__weight_decay."),
        ("trainr__nonsense", "did you mean trainer?"),
        ("optimizer", "'optimizer'; use trainer__optimizer."),
        ("nonsense", "'nonsense'; it has "),
    ],
)
@pytest.mark.parametrize("there", [False, True])
def test_set_params_changes_nothing_if_a_name_is_wrong(facade, name, text, there):
    model = facade(trainer=Trainer() if there else None)
    if there and name == "optimizer" and facade is LSTMForecaster:
        assert model.set_params(optimizer="sgd").trainer.optimizer == "sgd"  # an alias of sktime
        return
    before = model.get_params()
    with pytest.raises(ValueError, match=re.escape(text.format(facade.__name__))):
        model.set_params(n_layers=3, trainer__clip_norm=2.0, **{name: 3})
    assert model.get_params() == before


def test_set_params_of_wrapped_estimators():
    windows = SlidingWindowRegressor(LSTMRegressor())
    with pytest.raises(ValueError, match=r"did you mean estimator__trainer__clip_norm\?"):
        windows.set_params(estimator__trainer__clip_norms=1.0)
    pipeline = make_pipeline(LSTMRegressor())
    with pytest.raises(ValueError, match=r"LSTMRegressor has no .* did you mean max_epochs\?"):
        pipeline.set_params(lstmregressor__max_epoch=3)
    with pytest.raises(ValueError, match=r"ModuleRegressor has no parameter .*module_params"):
        ModuleRegressor().set_params(parameters=3)


@pytest.mark.parametrize("cls", [Trainer, LSTMRegressor, LSTMForecaster, SlidingWindowRegressor])
def test_signatures_have_names_and_defaults_only(cls):
    signature = inspect.signature(cls)
    assert ":" not in str(signature)
    assert "self" not in signature.parameters

"""A few draws of the fuzzer, and that it tells outcomes apart; `make fuzz` makes many."""

import numpy as np
import pytest
from fuzz.draws import draws
from fuzz.outcomes import NAMELESS, OBSCURE, RIGHT, SOUND, WRONG, WRONGLY, of_error, of_result
from fuzz.table import FREE, OWN, REFUSE, SAME


def test_bad_inputs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # some calls write
    outcomes = {str(draw): draw.outcome(0) for draw in draws(0, 100)}
    assert {name: found for name, found in outcomes.items() if found[0] not in (SOUND, RIGHT)} == {}


@pytest.mark.parametrize(
    ("error", "must", "outcome"),
    [
        (ValueError("X has no rows"), REFUSE, SOUND),
        (ValueError("X_val has no rows"), REFUSE, NAMELESS),
        (ValueError(""), REFUSE, OBSCURE),
        (KeyError("X"), REFUSE, OBSCURE),
        (TypeError("'<' not supported between instances of 'str' and 'int'"), REFUSE, OBSCURE),
        (ZeroDivisionError("callback of X"), OWN, SOUND),
        (ZeroDivisionError("division by zero"), OWN, OBSCURE),
    ],
)
def test_errors_are_sorted(error, must, outcome):
    with pytest.raises(type(error)) as caught:
        raise error
    assert of_error(caught.value, {"X"}, must)[0] == outcome


@pytest.mark.parametrize(
    ("result", "must", "outcome"),
    [
        (np.ones(3), FREE, RIGHT),
        (np.ones(3), SAME, RIGHT),
        (np.ones(3), REFUSE, WRONGLY),
        (np.full(3, 2.0), SAME, WRONG),
        (np.full(3, 2.0), FREE, RIGHT),
        ([np.ones(2), np.array([np.nan])], FREE, WRONG),
    ],
)
def test_results_are_sorted(result, must, outcome):
    assert of_result(result, np.ones(3), must)[0] == outcome

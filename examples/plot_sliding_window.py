"""
Rows of a table as steps of time
================================

Often the data are one table with a row for each hour, day or year.
:class:`skrnn.SlidingWindowRegressor` cuts it into windows within ``fit``, for any regressor. So all
models read the same past.
"""

# %%
# A table and a target
# --------------------
# The data are yearly sunspot numbers since 1700. The target is the number of the same year: with
# ``horizon=1`` row ``i`` is predicted from the rows up to ``i - 1``, never from row ``i``.

import matplotlib.pyplot as plt
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import GridSearchCV, TimeSeriesSplit, cross_val_score
from sklearn.neighbors import KNeighborsRegressor
from statsmodels.datasets import sunspots

from skrnn import LSTMRegressor, SlidingWindowRegressor

table = sunspots.load_pandas().data.astype({"YEAR": int}).set_index("YEAR")
X, y = table, table["SUNACTIVITY"]
print(X.head(3))

# %%
# Many models on the same windows
# -------------------------------
# ``TimeSeriesSplit`` tests on the years after the training years. The first windows of a test part
# reach back into the training part, so each year has a prediction.

models = {
    "linear": Ridge(),
    "nearest neighbours": KNeighborsRegressor(5),
    "random forest": RandomForestRegressor(random_state=0),
    "LSTM": LSTMRegressor(random_state=0),
}
cv = TimeSeriesSplit(n_splits=4, test_size=40)
for name, model in models.items():
    windows = SlidingWindowRegressor(model, window_length=22)
    errors = -cross_val_score(windows, X, y, cv=cv, scoring="neg_mean_absolute_error")
    print(f"{name:20}{errors.mean():.1f}  {errors.round(1)}")

last = [mean_absolute_error(y.iloc[test], y.iloc[test - 1]) for _, test in cv.split(X)]
print(f"{'the year before':20}{sum(last) / len(last):.1f}")

# %%
# A search
# --------
# Set the parameters of the inner model with ``estimator__``.

search = GridSearchCV(
    SlidingWindowRegressor(LSTMRegressor(random_state=0), window_length=22),
    {"window_length": [11, 22], "estimator__hidden_size": [8, 32]},
    cv=TimeSeriesSplit(n_splits=2, test_size=40),
    scoring="neg_mean_absolute_error",
)
train, test = slice(None, 1968), slice(1969, None)
search.fit(X.loc[train], y.loc[train])
print(search.best_params_)

# %%
# ``predict`` returns one value for each row, here one year ahead for the years after 1968.

predicted = search.predict(X.loc[test])
fig, ax = plt.subplots(figsize=(8, 3.2), layout="constrained")
ax.plot(y.loc[1930:], color="0.4", lw=1.2, label="observed")
ax.plot(y.loc[test].index, predicted, color="#0072B2", lw=1.8, label="predicted a year ahead")
ax.spines[["top", "right"]].set_visible(False)
ax.set(ylabel="sunspots", ylim=(-10, 225))
ax.legend(frameon=False, loc="upper left", ncols=2)
print(f"mean absolute error: {mean_absolute_error(y.loc[test], predicted):.1f}")

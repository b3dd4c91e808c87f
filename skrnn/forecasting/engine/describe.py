"""A plan in words."""

from __future__ import annotations

from skrnn.baselines import Blend

METHODS = {
    "smoothing": "exponential smoothing",
    "theta": "the method of Theta",
    "naive": "the last season",
    "median": "the median of the last seasons",
    "drift": "the last season and the mean change between seasons",
}


def describe(plan):
    """Return a plan as lines of text, each with its reason where there is one."""
    spec = plan.spec
    parts = {
        "season": "none" if spec.season == 1 else f"{spec.season} steps",
        "units": "logarithm" if plan.log else "as they are",
        "normalization": _normalization(plan),
        "baseline": _baseline(plan),
        "window": _window(plan),
        "horizon": _horizon(spec),
    }
    if plan.summary is not None:
        parts |= {"network": _network(plan.summary), "training": _training(plan.summary)}
        if spec.baseline is not None:
            parts["correction"] = f"{plan.summary.correction_weight:.0%} of it is believed"
    lines = [f"{name}: {text}{_because(plan, name)}" for name, text in parts.items()]
    return "\n".join(lines)


def _because(plan, name):
    return f" ({plan.reasons[name]})" if name in plan.reasons else ""


def _normalization(plan):
    if plan.normalization == "standard":
        return "less the mean of each series, over its standard deviation"
    if plan.spec.season == 1:
        return "less the last value, over the mean change"
    return "less the level of the last season, over the mean change from season to season"


def _baseline(plan):
    spec = plan.spec
    if spec.baseline is None:
        steady = plan.normalization == "standard"
        return f"none, the {'mean of the series' if steady else 'level of the last season'}"
    if not isinstance(spec.baseline, Blend):
        return METHODS[spec.baseline]
    weights = sorted(spec.baseline.weights.items(), key=lambda item: -item[1])
    return ", ".join(f"{weight:.0%} {_method(name, spec.baseline)}" for name, weight in weights)


def _method(name, blend):
    if name == "linear":
        windows = [part.window_length for part in blend.ridge.parts]
        if len(windows) > 1:
            return f"regressions on the last {min(windows)} to {max(windows)} steps"
        return f"regression on the last {windows[0]} steps"
    return METHODS[name]


def _window(plan):
    spec = plan.spec
    text = f"{spec.window_length} steps"
    if spec.sampling_rate > 1:
        text += f", each {spec.sampling_rate} apart"
    if plan.segment_length is not None:
        text += f", in segments of {plan.segment_length}"
    return text


def _network(summary):
    width = "" if summary.width is None else f"{summary.width} units wide, "
    text = f"{width}{summary.n_weights:,} weights"
    return text if summary.n_members == 1 else f"{text}, the mean of {summary.n_members} of them"


def _training(summary):
    settings, best = summary.settings, summary.best_epoch
    most = settings.max_batches
    batches = "one batch" if most == 1 else f"up to {most} batches"
    text = f"{settings.n_epochs} epochs of {batches} of {settings.batch_size} origins"
    text += f", rate up to {settings.learning_rate:g}"
    if best is None:
        return text
    when = f"after {best + 1}" if best >= 0 else "untrained"
    return f"{text}; best on the held-out origins {when}"


def _horizon(spec):
    if spec.rollout or spec.horizon == 1:
        return "one step, fed back"
    return f"{spec.horizon} steps at once"

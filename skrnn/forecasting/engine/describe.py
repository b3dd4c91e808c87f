"""Text of a plan."""

from __future__ import annotations

from math import inf


def describe(plan):
    """Return a plan as lines of text, with the reasons of the choices."""
    spec = plan.spec
    parts = {
        "season": "none" if spec.season == 1 else f"{spec.season} steps",
        "units": "logarithm" if plan.log else "as they are",
        "bounds": _bounds(plan.target.bounds),
        "zeros": _zeros(plan.zeros),
        "normalization": _normalization(plan),
        "baseline": spec.baseline.describe(),
        "window": _window(plan),
        "horizon": _horizon(spec),
    }
    if plan.effects is not None:
        parts["covariates"] = plan.effects.describe()
    if plan.summary is not None:
        parts |= {"network": _network(plan.summary), "training": _training(plan.summary)}
        if not spec.baseline.is_level:
            parts["correction"] = f"network weight {plan.summary.correction_weight:.2f}"
    lines = [f"{name}: {text}{_because(plan, name)}" for name, text in parts.items() if text]
    return "\n".join(lines)


def _because(plan, name):
    return f" ({plan.reasons[name]})" if name in plan.reasons else ""


def _bounds(bounds):
    """Return the bounds of the targets; None if there are none."""
    if not bounds.exist:
        return None
    pairs = zip(bounds.lower, bounds.upper, bounds.assumed, strict=True)
    return ", ".join(dict.fromkeys(_range(*pair) for pair in pairs))


def _zeros(zeros):
    """Return where the series are certainly 0; None if nowhere."""
    text = [f"where {len(zeros.rules)} known covariates say so"] * bool(zeros.rules)
    text += [f"on {len(zeros.days)} of {zeros.week} days of the week"] * bool(zeros.days)
    return " and ".join(text) or None


def _range(lower, upper, assumed):
    ends = [f"{word} {end:g}" for word, end in (("from", lower), ("to", upper)) if abs(end) < inf]
    return " ".join(ends or ["none"]) + (" where no value is negative" if assumed else "")


def _normalization(plan):
    if plan.normalization == "standard":
        return "(value - mean of the series) / standard deviation"
    if plan.spec.season == 1:
        return "(value - last value) / mean absolute change"
    return "(value - mean of the last season) / mean absolute change from season to season"


def _window(plan):
    spec = plan.spec
    text = f"{spec.window_length} steps"
    if spec.sampling_rate > 1:
        text += f", {spec.sampling_rate} apart"
    if plan.segment_length is not None:
        text += f", in segments of {plan.segment_length}"
    return text


def _network(summary):
    width = "" if summary.width is None else f"{summary.width} units wide, "
    text = f"{width}{summary.n_weights:,} weights"
    return text if summary.n_members == 1 else f"{text}, mean of {summary.n_members} networks"


def _training(summary):
    settings, best = summary.settings, summary.best_epoch
    most = settings.max_batches
    batches = "one batch" if most == 1 else f"up to {most} batches"
    text = f"{settings.n_epochs} epochs of {batches} of {settings.batch_size} origins"
    text += f", learning rate up to {settings.learning_rate:g}"
    if best is None:
        return text
    when = f"after epoch {best + 1}" if best >= 0 else "before training"
    return f"{text}; lowest loss on held-out origins {when}"


def _horizon(spec):
    if spec.rollout or spec.horizon == 1:
        return "one step, fed back"
    return f"{spec.horizon} steps at once"

"""A user's own network."""

from __future__ import annotations

from typing import Any, Self

from skrnn.nn import check_module, check_network_class, construct

MODULE: dict[str, list] = {"module": [callable, None], "module_params": [dict, None]}

CONTRACT = """
    ``forward`` may have the further arguments `lengths` (n,), `past`, `future` and `static`. They
    are passed by name; the last three are None where there is no such input. Before the training,
    a copy of the network is tested on a few rows. If it returns a wrong shape or type, reads other
    rows, or draws random numbers that `random_state` does not control, an error says what to
    change. ``torch.nn.Dropout`` layers are replaced by layers of the same rate that `random_state`
    controls.
    """


def module_text(sizes: str) -> str:
    """Return the text of the parameters; `sizes` are the arguments that come from the data."""
    return f"""
    module : class or callable, default=None
        Class of the network, a ``torch.nn.Module``, or a function that returns one. It is called
        as ``module(**module_params, {sizes})``; sizes that its signature does not take are left
        out. Required, as there is no default network.
    module_params : dict, default=None
        Further arguments of `module`. A copy is passed at each call. None means no further
        arguments. ``set_params(module_params__<name>=...)`` sets one of them, also in a grid
        search.
    """


class OwnModule:
    """Mixin for a user's own network, given by the parameter `module`."""

    module: Any
    module_params: dict | None

    def set_params(self, **params: Any) -> Self:
        """Set parameters of this estimator, of one of its groups, or of its network.

        Parameters
        ----------
        **params : dict
            Names and values. ``module_params__<name>`` sets one of `module_params` and keeps the
            others; ``<group>__<name>`` sets a value of a group such as `trainer`.

        Returns
        -------
        self : object
            The estimator itself.
        """
        prefix = "module_params__"
        own = {name: params.pop(name) for name in list(params) if name.startswith(prefix)}
        if own:
            given = params.get("module_params", self.module_params) or {}
            changed = {name.removeprefix(prefix): value for name, value in own.items()}
            params["module_params"] = {**given, **changed}
        return super().set_params(**params)  # type: ignore[misc]

    def _check_architecture(self: Any):
        check_network_class(self.module)
        if self.trainer is not None and self.trainer.tbptt_steps is not None:
            raise ValueError(
                f"tbptt_steps={self.trainer.tbptt_steps} cuts sequences into pieces, but your own "
                "network cannot carry its state from one piece to the next; use tbptt_steps=None."
            )

    def _try_network(self, generator, batch, known, **needed):
        """Check a temporary network on a batch; return the width of its output."""
        network = construct(self.module, self.module_params, generator=generator, **known)
        return check_module(network, batch, **needed)

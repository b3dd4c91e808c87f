"""A network of the user's own."""

from __future__ import annotations

from typing import Any

from skrnn._parameters import parameters
from skrnn.nn import Dropout, check_module, check_network_class, construct

MODULE: dict[str, list] = {"module": [callable, None], "module_params": [dict, None]}

TEXTS = {
    "module": """
    module : class or callable, default=None
        Class of the network, a ``torch.nn.Module``, or a function that returns one. It is called
        as ``module(**module_params, %(sizes)s)``, %(which)s only where its signature takes it.
        There is no default network: one has to be passed.
    module_params : dict, default=None
        Further arguments of `module`. A copy is passed at each call; None means no more. One of
        them is set as ``set_params(module_params__<name>=...)``, also in a grid search.
    """,
    "contract": """
    ``forward`` may have further arguments of the names `lengths` (n,), `past`, `future` and
    `static`: it gets them by name, the last three as None where there is nothing of the kind.
    Before the training a copy of the network is tried on a few rows. An error tells what to
    change if it returns something of another shape or type, reads other rows, or draws random
    numbers that `random_state` does not decide.
    ``torch.nn.Dropout`` layers are replaced by layers of the same rate that do draw so.
    """,
    "module_fitted": """
    module_ : torch.nn.Module
        The trained network behind the contract of the training; ``module_.module`` is the one
        that `module` has returned.
    """,
}


def has_dropout(module: Any) -> bool:
    """Whether a part of the network drops anything."""
    return any(isinstance(part, Dropout) and part.p > 0 for part in module.modules())


@parameters
class OwnModule:
    """The network that the parameter `module` makes."""

    module: Any = None
    module_params: dict | None = None

    def set_params(self, **params: Any) -> Any:
        """Set parameters of this estimator, its trainer or its network.

        Parameters
        ----------
        **params : dict
            Names and values. ``module_params__<name>`` sets one of `module_params` and keeps the
            others; ``trainer__<name>`` one of the trainer.

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
                f"tbptt_steps={self.trainer.tbptt_steps} cuts sequences into pieces, but a network "
                "of your own is not known to go on from a piece to the next; use "
                "tbptt_steps=None."
            )

    def _try_network(self, generator, batch, known, **needed):
        """Check a network, which is thrown away, on a batch; return the width of its output."""
        network = construct(self.module, self.module_params, generator=generator, **known)
        return check_module(network, batch, **needed)

    def _make_encoder(self, input_size, n_steps, *, per_step, segment_length=None):
        raise NotImplementedError("A network of the user's own stands for encoder and head.")

"""Attention: for each query, a weighted mean over the steps of a sequence."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from .contract import Module

ATTENTIONS = ("additive", "dot")


class _Attention(Module):
    """Base class of both kinds; a subclass defines keys and scores."""

    def keys(self, values: Tensor) -> Tensor:
        """Return the keys that queries are compared with, ``(n, t, a)``."""
        raise NotImplementedError

    def scores(self, queries: Tensor, keys: Tensor) -> Tensor:
        """Return the score of each key for each query, ``(n, m, t)``."""
        raise NotImplementedError

    def forward(
        self,
        queries: Tensor,
        values: Tensor,
        lengths: Tensor | None = None,
        keys: Tensor | None = None,
    ) -> tuple[Tensor, Tensor]:
        """Return contexts and weights; pass `keys` to compute them only once for many calls."""
        keys = self.keys(values) if keys is None else keys
        scores = self.scores(queries, keys)
        if lengths is not None:
            valid = torch.arange(values.shape[1], device=values.device) < lengths[:, None]
            scores = scores.masked_fill(~valid[:, None], -torch.inf)
        weights = scores.softmax(dim=-1)
        return weights @ values, weights


class AdditiveAttention(_Attention):
    r"""Scores by a small network (Bahdanau et al., 2015).

    :math:`\alpha_{jt} = \mathrm{softmax}_t(v^\top \tanh(W q_j + U h_t + b))`, result
    :math:`\sum_t \alpha_{jt} h_t`. The bias is the sum of those of the two linear layers.

    Parameters
    ----------
    query_size, value_size : int
        Width of the queries :math:`q_j` and of the steps :math:`h_t`.
    width : int
        Width of the network.

    Shape
    -----
    Queries ``(n, m, query_size)``, values ``(n, t, value_size)`` and lengths ``(n,)`` or None;
    contexts ``(n, m, value_size)`` and weights ``(n, m, t)``. The weights are exactly 0 after a
    row's length and sum to 1 before it.
    """

    def __init__(self, query_size: int, value_size: int, width: int) -> None:
        super().__init__()
        self.of_query = nn.Linear(query_size, width)
        self.of_value = nn.Linear(value_size, width)
        self.score = nn.Parameter(torch.empty(width))

    def initialize(self, generator: torch.Generator) -> None:
        """Initialise the score vector like a layer of one unit, by Glorot uniform."""
        nn.init.xavier_uniform_(self.score[None], generator=generator)

    def keys(self, values: Tensor) -> Tensor:
        return self.of_value(values)

    def scores(self, queries: Tensor, keys: Tensor) -> Tensor:
        hidden = torch.tanh(self.of_query(queries)[:, :, None] + keys[:, None])
        return hidden @ self.score


class ScaledDotAttention(_Attention):
    r"""Scores by a product (the "general" score of Luong et al., 2015).

    :math:`\alpha_{jt} = \mathrm{softmax}_t((W q_j + b)^\top h_t / \sqrt{d})`, result
    :math:`\sum_t \alpha_{jt} h_t`, with the scale of Vaswani et al. (2017), where :math:`d` is the
    width of a step.

    Parameters
    ----------
    query_size, value_size : int
        Width of the queries :math:`q_j` and of the steps :math:`h_t`.

    Shape
    -----
    As `AdditiveAttention`.
    """

    def __init__(self, query_size: int, value_size: int) -> None:
        super().__init__()
        self.of_query = nn.Linear(query_size, value_size)

    def keys(self, values: Tensor) -> Tensor:
        return values

    def scores(self, queries: Tensor, keys: Tensor) -> Tensor:
        scale = 1 / math.sqrt(keys.shape[-1])
        return scale * self.of_query(queries) @ keys.transpose(1, 2)

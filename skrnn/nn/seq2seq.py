"""Encoder-decoder: reads a sequence, and then generates another one step by step."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import partial
from typing import Protocol

import torch
from torch import Tensor, nn

from .attention import AdditiveAttention, ScaledDotAttention
from .contract import Module, SequenceBatch, State
from .dropout import Dropout
from .heads import monotone
from .models import channels
from .recurrent import RecurrentEncoder

LARGEST_LOG = 10.0  # whose exponential the decoder reads; more would saturate it anyway


class StepHead(Protocol):
    """Maps the features of a step to its output, and an output to the values fed back."""

    def __call__(self, features: Tensor) -> Tensor: ...

    def feedback(self, output: Tensor) -> Tensor:
        """Return the values ``(n, m, k)`` that the next step reads."""


class ValueHead(Module):
    """One value for each target.

    Shape
    -----
    Input ``(n, m, input_size)``; output ``(n, m, n_targets)``, which is fed back as it is, or with
    `log_link` its exponential.
    """

    def __init__(self, input_size: int, n_targets: int, log_link: bool = False) -> None:
        super().__init__()
        self.log_link = log_link
        self.linear = nn.Linear(input_size, n_targets)

    def forward(self, features: Tensor) -> Tensor:
        return self.linear(features)

    def feedback(self, output: Tensor) -> Tensor:
        return output.clamp(max=LARGEST_LOG).exp() if self.log_link else output


class QuantileHead(Module):
    """Quantiles that never cross; initialised to zero, as in `QuantileForecastHead`.

    Shape
    -----
    Input ``(n, m, input_size)``; output ``(n, m, n_targets, n_quantiles)``, of which the middle
    quantile is fed back.
    """

    def __init__(self, input_size: int, n_targets: int, n_quantiles: int) -> None:
        super().__init__()
        self.shape = (n_targets, n_quantiles)
        self.linear = nn.Linear(input_size, n_targets * n_quantiles)

    def initialize(self, generator: torch.Generator) -> None:
        """Set the layer to zero."""
        nn.init.zeros_(self.linear.weight)
        nn.init.zeros_(self.linear.bias)

    def forward(self, features: Tensor) -> Tensor:
        return monotone(self.linear(features).reshape(*features.shape[:2], *self.shape))

    def feedback(self, output: Tensor) -> Tensor:
        return output[..., output.shape[-1] // 2]


class _Reader(RecurrentEncoder):
    """An encoder that also returns its last state if it is bidirectional."""

    @property
    def streams(self) -> bool:
        return True


def ahead(batch: SequenceBatch) -> Tensor | None:
    """Return the known inputs of each step to predict: covariates, and the baseline."""
    parts = [part for part in (batch.future, batch.baseline) if part is not None]
    return torch.cat(parts, dim=-1) if parts else None


class Seq2SeqModel(Module):
    r"""Recurrent encoder, and a recurrent decoder that starts from its last state.

    At each step, the decoder (Sutskever et al., 2014) reads the target of the step before (zeros at
    the first step), and the known covariates and baseline of its own step: :math:`s_j =
    \mathrm{cell}([y_{j-1}; f_j], s_{j-1})`. Its output :math:`d_j` is the query of an attention
    over the outputs of the encoder, which returns a context :math:`c_j`. A head reads
    :math:`[d_j; c_j]` ("global attention" of Luong et al., 2015, without input feeding), or
    :math:`d_j` without attention.

    In training, the decoder reads the true targets (teacher forcing; Williams & Zipser, 1989), so
    that all steps are computed in one call. With scheduled sampling (Bengio et al., 2015), a
    fraction of them, drawn for each row and step, is replaced by its own predictions. The fraction
    is `scheduled_sampling` times `progress`, the fraction of the training done. In prediction, the
    decoder reads only its own predictions.

    Parameters
    ----------
    cell : {"rnn", "lstm", "gru"}
        Kind of recurrence, of both.
    input_size : int
        Channels of ``batch.x``, ``batch.past`` and ``batch.static`` together.
    hidden_size, n_layers : int
        Width and number of the layers, of both.
    bidirectional : bool
        Whether the encoder reads the sequence also from its end. The last states of the two
        directions then become the first one of the decoder by a linear layer for each layer.
    attention : {"additive", "dot"}, optional
        `AdditiveAttention` or `ScaledDotAttention`.
    dropout : float
        Dropout on the outputs of each layer.
    scheduled_sampling : float
        Fraction of own predictions at the end of the training, in [0, 1].
    n_targets, n_steps : int
        Number of targets of a step, and number of steps of a prediction.
    n_quantiles : int, optional
        Number of quantiles of each target (odd); None means one value.
    n_future : int
        Channels of ``batch.future`` and ``batch.baseline`` together.
    log_link : bool
        Whether the values are logarithms of predictions of the targets.

    Attributes
    ----------
    progress : float
        Fraction of the training done, in [0, 1].

    Shape
    -----
    Input ``batch.x (n, t, c)``, in training also ``batch.target (n, m, k)``; output ``(n, m, k)``
    or ``(n, m, k, q)``, where m is `n_steps` without a target.
    """

    reads_targets = True
    draws = True

    def __init__(
        self,
        *,
        cell: str,
        input_size: int,
        hidden_size: int,
        n_targets: int,
        n_steps: int,
        n_layers: int = 1,
        bidirectional: bool = False,
        attention: str | None = None,
        dropout: float = 0.0,
        scheduled_sampling: float = 0.0,
        n_quantiles: int | None = None,
        n_future: int = 0,
        log_link: bool = False,
    ) -> None:
        super().__init__()
        hidden_size = int(hidden_size)  # torch refuses the integers of NumPy
        self.n_steps, self.n_targets = n_steps, n_targets
        self.scheduled_sampling = scheduled_sampling
        self.encoder = _Reader(
            cell=cell,
            input_size=input_size,
            hidden_size=hidden_size,
            n_layers=n_layers,
            bidirectional=bidirectional,
            dropout=dropout,
        )
        self.decoder = RecurrentEncoder(
            cell=cell,
            input_size=n_targets + n_future,
            hidden_size=hidden_size,
            n_layers=n_layers,
            dropout=dropout,
        )
        self.width = self.encoder.output_size
        self.bridges: nn.ModuleList | None = None
        if bidirectional:
            width = hidden_size * (2 if cell == "lstm" else 1)
            self.bridges = nn.ModuleList(nn.Linear(2 * width, width) for _ in range(n_layers))
        n_features, read = hidden_size, self.encoder.output_size
        self.attention: AdditiveAttention | ScaledDotAttention | None = None
        if attention is not None:
            n_features += read
            self.attention = (
                AdditiveAttention(hidden_size, read, hidden_size)
                if attention == "additive"
                else ScaledDotAttention(hidden_size, read)
            )
        self.head: StepHead = (
            ValueHead(n_features, n_targets, log_link)
            if n_quantiles is None
            else QuantileHead(n_features, n_targets, n_quantiles)
        )

    def for_steps(self, n_steps: int) -> Seq2SeqModel:
        """Return a network with the same weights that predicts `n_steps` steps."""
        other = copy.copy(self)
        other.n_steps = n_steps
        return other

    def forward(self, batch: SequenceBatch, state: State = None) -> tuple[Tensor, State]:
        start, memory = self._read(batch)
        known = ahead(batch)
        target = batch.target if self.training else None
        if target is None:
            return self._write(start, memory, known)[0], None
        fraction = self.scheduled_sampling * self.progress
        if fraction > 0:
            own = target.new_empty(target.shape[:2]).bernoulli_(fraction, generator=self.generator)
            return self._write(start, memory, known, target, own.bool())[0], None
        before = torch.cat([torch.zeros_like(target[:, :1]), target[:, :-1]], dim=1)
        return self._steps(before, start, memory, known)[0], None

    def attention_weights(self, batch: SequenceBatch) -> Tensor:
        """Return the attention weights ``(n, n_steps, t)`` of a prediction."""
        start, memory = self._read(batch)
        return self._write(start, memory, ahead(batch))[1]

    def _read(self, batch):
        """Return the first state of the decoder, and the inputs of the attention."""
        outputs, states = self.encoder(channels(batch), batch.lengths)
        if self.bridges is not None:
            pairs = zip(self.bridges, states[::2], states[1::2], strict=True)
            states = tuple(bridge(torch.cat(pair, dim=-1)) for bridge, *pair in pairs)
        if self.attention is None:
            return states, None
        outputs = outputs.contiguous()
        return states, (outputs, batch.lengths, self.attention.keys(outputs))

    def _steps(self, before, state, memory, future):
        """Run the decoder over all steps whose previous targets, `before`, are known.

        Returns
        -------
        output : Tensor of shape (n, m, k) or (n, m, k, q)
            Output of each step.
        state : tuple of Tensor
            State after the last step.
        weights : Tensor of shape (n, m, t) or None
            Weights of the attention.
        """
        x = before if future is None else torch.cat([before, future[:, : before.shape[1]]], dim=-1)
        outputs, state = self.decoder(x, None, state)
        features, weights = outputs.contiguous(), None
        if self.attention is not None:
            context, weights = self.attention(features, *memory)
            features = torch.cat([features, context], dim=-1)
        return self.head(features), state, weights

    def _write(self, state, memory, future, target=None, own=None):
        """Run the decoder step by step, on own predictions, or on targets where `own` is false.

        Returns
        -------
        output : Tensor of shape (n, m, k) or (n, m, k, q)
            Output of each step.
        weights : Tensor of shape (n, m, t) or None
            Weights of the attention.
        """
        before = state[0].new_zeros(len(state[0]), 1, self.n_targets)
        results = []
        draw_again = _rewinding(self.decoder.dropout)
        for j in range(self.n_steps if target is None else target.shape[1]):
            draw_again()
            known = None if future is None else future[:, j : j + 1]
            output, state, weights = self._steps(before, state, memory, known)
            results.append((output, weights))
            before = self.head.feedback(output)
            if target is not None:
                before = torch.where(own[:, j : j + 1, None], before, target[:, j : j + 1])
        outputs, weights = zip(*results, strict=True)
        return torch.cat(outputs, 1), None if self.attention is None else torch.cat(weights, 1)


def _rewinding(dropout: Dropout) -> Callable[[], object]:
    """Return a function that makes sampling `dropout` draw the same units at all steps."""
    if dropout.generator is None or not dropout.sampling:
        return lambda: None
    return partial(dropout.generator.set_state, dropout.generator.get_state())


class AttentionWeights(Module):
    """The attention weights of a model as the output of a network.

    Shape
    -----
    Input as `Seq2SeqModel`; output ``(n, n_steps, t)``.
    """

    def __init__(self, model: Seq2SeqModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, batch: SequenceBatch, state: State = None) -> tuple[Tensor, State]:
        return self.model.attention_weights(batch), None

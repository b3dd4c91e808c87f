"""Ensemble of networks."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from .contract import Module, SequenceBatch, State


class Ensemble(Module):
    """Mean of the outputs of several trained networks.

    Parameters
    ----------
    members : sequence of Module
        Networks whose outputs have the same shape.

    Shape
    -----
    Input and output as the members; the state is the concatenated states of the members.
    """

    def __init__(self, members: Sequence[Module]) -> None:
        super().__init__()
        self.members = nn.ModuleList(members)

    @property
    def streams(self) -> bool:
        return all(member.streams for member in self.members)

    def forward(self, batch: SequenceBatch, state: State = None) -> tuple[Tensor, State]:
        outputs: list[Tensor] = []
        after: list[Tensor] = []
        n_parts = 0 if state is None else len(state) // len(self.members)
        for i, member in enumerate(self.members):
            part = None if state is None else state[i * n_parts : (i + 1) * n_parts]
            output, part = member(batch, part)
            outputs.append(output)
            after.extend(part or ())
        return torch.stack(outputs).mean(dim=0), tuple(after) or None

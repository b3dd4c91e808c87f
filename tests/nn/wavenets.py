"""WaveNets with random weights, and the same network by ``nn.Conv1d``."""

import torch
from nn.cells import randomize
from torch import nn
from torch.nn import functional

from skrnn.nn import WaveNetEncoder

SHAPES = {  # dilations, and inputs of a layer
    "one layer": {"n_layers": 1},
    "one block": {"n_layers": 3},
    "two blocks": {"n_layers": 2, "n_blocks": 2},
    "wide kernel": {"n_layers": 2, "n_blocks": 2, "kernel_size": 3},
}


def make(c=2, h=4, seed=0, **options):
    encoder = WaveNetEncoder(input_size=c, hidden_size=h, **{"n_layers": 3, **options})
    return randomize(encoder.double(), seed).eval()


def convolution(weight, bias, h, dilation=1):
    """Run a causal ``nn.Conv1d`` with the weight (k, c, d) over `h` (n, c, t)."""
    k, c, d = weight.shape
    with torch.device("meta"):
        layer = nn.Conv1d(c, d, k, dilation=dilation)
    parameters = {"weight": weight.permute(2, 1, 0), "bias": bias}
    padded = functional.pad(h, ((k - 1) * dilation, 0))
    return torch.func.functional_call(layer, parameters, padded)


def in_convolutions(encoder, x):
    """The outputs by ``nn.Conv1d``, with filter, gate and skip of each layer apart."""
    h, total, c = encoder.front(x).mT, 0, encoder.output_size
    last = len(encoder.dilations) - 1
    for i, dilation in enumerate(encoder.dilations):
        (filters, gates), biases = encoder.gates[i].split(c, dim=-1), encoder.gate_bias[i].split(c)
        filtered = torch.tanh(convolution(filters, biases[0], h, dilation))
        z = filtered * torch.sigmoid(convolution(gates, biases[1], h, dilation))
        skip = encoder.skip.weight[:, i * c : (i + 1) * c].t()
        total = total + convolution(skip[None], torch.zeros_like(encoder.skip.bias), z)
        if i < last:
            h = h + convolution(encoder.residual[i][None], encoder.residual_bias[i], z)
    outputs = torch.relu(total.mT + encoder.skip.bias)
    return torch.relu(encoder.out(outputs))

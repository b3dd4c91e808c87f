"""Networks such as users write."""

import torch
from torch import nn


class Textbook(nn.Module):
    """Convolutions and maxima, then the mean over time."""

    def __init__(self, input_size, output_size, width=8, p=0.0):
        super().__init__()
        self.first = nn.Conv1d(input_size, width, 3, padding=1)
        self.norm = nn.BatchNorm1d(width)
        self.second = nn.Conv1d(width, width, 3, padding=1)
        self.drop = nn.Dropout(p)
        self.out = nn.Linear(width, output_size)

    def forward(self, x):
        h = torch.relu(self.norm(self.first(x.transpose(1, 2))))
        h = nn.functional.max_pool1d(h, 2)
        return self.out(self.drop(torch.relu(self.second(h)).mean(dim=2)))


class Recurrent(nn.Module):
    """A recurrent layer of torch over padded rows."""

    def __init__(self, input_size, output_size, width=8, per_step=False):
        super().__init__()
        self.rnn = nn.GRU(input_size, width, batch_first=True)
        self.out = nn.Linear(width, output_size)
        self.per_step = per_step

    def forward(self, x, lengths):
        h, _ = self.rnn(x)
        return self.out(h if self.per_step else h[torch.arange(len(h)), lengths - 1])


class Tied(nn.Module):
    """The same weights twice, and some that are not trained."""

    def __init__(self, input_size, output_size):
        super().__init__()
        self.frozen = nn.Linear(input_size, 6).requires_grad_(False)
        self.a = nn.Linear(6, 6, bias=False)
        self.b = nn.Linear(6, 6, bias=False)
        self.b.weight = self.a.weight
        self.out = nn.Linear(6, output_size)

    def forward(self, x):
        h = torch.tanh(self.frozen(x)).mean(dim=1)
        return self.out(torch.tanh(self.b(torch.tanh(self.a(h)))))

"""Small networks of PyTorch that figures are made of."""

import torch
from torch import nn

import shapelens


def two_and_three():
    """A network of two inputs and three outputs."""

    class Two(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = nn.Conv2d(3, 16, 3, padding=1), nn.Conv2d(1, 16, 3, padding=1)
            self.c, self.k, self.h = nn.Conv2d(48, 8, 1), nn.Conv2d(8, 4, 1), nn.Linear(8, 10)

        def forward(self, x, y):
            x, y = self.a(x), self.b(y)
            z = torch.relu(self.c(torch.cat([x, y, x + y], 1)))
            p, q = z.chunk(2, 1)
            return self.h(z.mean((2, 3))), self.k(z), p * q

    return shapelens.inspect(Two(), shapes={"x": (2, 3, 32, 32), "y": (2, 1, 32, 32)})


def split():
    """A network that takes a tensor apart into unequal ones, and has an output inside."""

    class Split(nn.Module):
        def __init__(self):
            super().__init__()
            self.c, self.a, self.b = nn.Conv2d(3, 12, 3), nn.Conv2d(4, 5, 1), nn.Conv2d(8, 5, 1)

        def forward(self, x):
            u, v = torch.split(self.c(x), [4, 8], 1)
            w = self.a(u) + self.b(v)
            return w, torch.relu(w).mean((2, 3))

    return shapelens.inspect(Split(), (3, 16, 16))


def misfit():
    """A network whose linear layer takes 1,568 features and gets 3,136."""

    class Misfit(nn.Module):
        def __init__(self):
            super().__init__()
            self.c, self.d = nn.Conv2d(3, 8, 3), nn.Conv2d(8, 16, 3)
            self.f, self.g = nn.Linear(1568, 10), nn.Linear(10, 3)

        def forward(self, x):
            x = torch.max_pool2d(torch.relu(self.d(torch.relu(self.c(x)))), 2)
            return self.g(torch.relu(self.f(x.flatten(1))))

    return shapelens.inspect(Misfit(), (3, 32, 32))

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(3, 16, 5), nn.ReLU(), nn.MaxPool2d(2))
        self.fc = nn.Linear(2048, 10)

    def forward(self, x):
        x = torch.flatten(self.features(x), 1)
        return self.fc(x)

"""Small models of every kind, made for tests of `collect`, and what a plain pass gives."""

from collections import OrderedDict

import numpy as np
import torch
from torch import nn
from torch.utils.data import IterableDataset, TensorDataset

torch.set_num_threads(1)


def seeded(make):
    """A model whose weights, and running statistics, are the same every time."""
    torch.manual_seed(0)
    model = make()
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.running_mean)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
    return model


def cnn():
    return nn.Sequential(
        OrderedDict(
            conv=nn.Conv2d(3, 8, 3),
            norm=nn.BatchNorm2d(8),
            relu=nn.ReLU(inplace=True),
            pool=nn.AdaptiveAvgPool2d(2),
            flat=nn.Flatten(),
            drop=nn.Dropout(),
            fc=nn.Linear(32, 5),
        )
    )


def mlp():
    return nn.Sequential(nn.Linear(12, 16), nn.Tanh(), nn.Sequential(nn.Linear(16, 8), nn.ReLU()))


class Block(nn.Module):
    """A residual block that uses one activation twice."""

    def __init__(self, width):
        super().__init__()
        self.conv1, self.conv2 = (nn.Conv2d(width, width, 3, padding=1) for _ in range(2))
        self.bn = nn.BatchNorm2d(width)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        return self.relu(x + self.bn(self.conv2(self.relu(self.conv1(x)))))


class Resnet(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 4, 3)
        self.layer4 = nn.Sequential(Block(4), Block(4))
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(4, 3)

    def forward(self, x):
        return self.fc(torch.flatten(self.avgpool(self.layer4(self.stem(x))), 1))


class Shared(nn.Module):
    """One module under two names, run one time, and one that never runs."""

    def __init__(self):
        super().__init__()
        self.first = nn.Linear(12, 6)
        self.second = self.first
        self.unused = nn.Linear(12, 6)

    def forward(self, x):
        return torch.tanh(self.second(x))


def encoder(**options):
    layer = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True, **options)
    return nn.TransformerEncoder(layer, 2, enable_nested_tensor=not options)


class TinyOutput(OrderedDict):
    """As ModelOutput of transformers: a dict with attributes."""

    __getattr__ = OrderedDict.__getitem__


class TinyBert(nn.Module):
    """Ids and a mask in, a ModelOutput out, with a pooler and a head."""

    def __init__(self):
        super().__init__()
        self.embeddings = nn.Embedding(50, 16, padding_idx=0)
        self.encoder = nn.ModuleList([nn.Linear(16, 16) for _ in range(2)])
        self.pooler = nn.Linear(16, 16)

    def forward(self, input_ids, attention_mask=None, labels=None, **kwargs):
        hidden = self.embeddings(input_ids)
        for layer in self.encoder:
            hidden = torch.tanh(layer(hidden)) + hidden.mean(1, keepdim=True)
        pooled = torch.tanh(self.pooler(hidden[:, 0]))
        loss = pooled.mean()
        return TinyOutput(loss=loss, pooler_output=pooled, last_hidden_state=hidden)


class TinyVit(nn.Module):
    """Patches, a class token, an encoder, a head; told by keywords alone."""

    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(3, 16, 4, stride=4)
        self.cls = nn.Parameter(torch.randn(1, 1, 16))
        self.encoder = encoder()
        self.classifier = nn.Linear(16, 3)

    def forward(self, pixel_values):
        tokens = self.patches(pixel_values).flatten(2).transpose(1, 2)
        tokens = torch.cat([self.cls.expand(len(tokens), -1, -1), tokens], 1)
        hidden = self.encoder(tokens)
        return {"logits": self.classifier(hidden[:, 0]), "last_hidden_state": hidden}


IMAGES = torch.from_numpy(np.random.default_rng(0).normal(size=(21, 3, 12, 12)).astype("f4"))
TABLE = torch.from_numpy(np.random.default_rng(1).normal(size=(21, 12)).astype("f4"))
TOKENS = torch.from_numpy(np.random.default_rng(2).normal(size=(21, 5, 16)).astype("f4"))
WORDS = torch.from_numpy(np.random.default_rng(3).integers(1, 50, (21, 7)))
LENGTHS = torch.from_numpy(np.random.default_rng(4).integers(1, 8, 21))
ATTENTION = (torch.arange(7) < LENGTHS[:, None]).long()


def plain(model, name, x, batch_size, reduce=lambda output: output, **kwargs):
    """What a layer gives in plain forward passes, by a hook of torch's own, (n, d) float32."""
    found = []
    module = model.get_submodule(name)
    handle = module.register_forward_hook(lambda m, a, output: found.append(reduce(output).clone()))
    model.eval()
    with torch.no_grad():
        for start in range(0, len(x), batch_size):
            rows = slice(start, start + batch_size)
            model(x[rows].clone(), **{key: value[rows] for key, value in kwargs.items()})
    handle.remove()
    return torch.cat(found).float().numpy()


NAMES = [f"item {i}" for i in range(21)]
SET = TensorDataset(TABLE, torch.arange(21))


class Stream(IterableDataset):
    """The items of the set, in an order that nobody promises."""

    def __iter__(self):
        return zip(TABLE, torch.arange(21), strict=True)

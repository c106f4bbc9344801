"""What is drawn of a network: every tensor with its own shape, and every edge."""

import pytest

from shapelens import inspect

torch = pytest.importorskip("torch")
nn = torch.nn
pytestmark = pytest.mark.torch


class Of(nn.Module):
    """A network of a function and the layers that it calls."""

    def __init__(self, function, **layers):
        super().__init__()
        self.function = function
        for name, layer in layers.items():
            setattr(self, name, layer)

    def forward(self, x):
        return self.function(self, x)


def conv(channels, filters):
    return nn.Conv2d(channels, filters, 3, padding=1)


def shapes(model, sample, **options):
    """The shape that each body or box is said to have, by the name of its layer."""
    scene = inspect(model, sample).draw(**options).scene
    kinds = {"volume", "bar", "block"}
    return {g.name: g.title.rsplit(": ", 1)[-1].partition(" (")[0] for g in scene.groups() if g.kind in kinds}


def test_the_batch_is_no_size_of_a_sample_wherever_it_stands():
    model = Of(lambda s, x: s.o(s.r(x)[1][-1]), r=nn.GRU(5, 7, batch_first=True), o=nn.Linear(7, 3))
    assert shapes(model, (11, 5))["o"] == "3"


def test_what_only_holds_the_batch_is_a_size_like_any_other():
    model = Of(lambda s, x: s.l(x.view(-1, 4, 8)).view(x.shape[0], -1), l=nn.Linear(8, 5))
    assert shapes(model, (3, 4, 8)) == {"x": "3×4×8", "view": "3*N×4×8", "l": "3*N×4×5", "view:2": "60"}


def test_a_rearrangement_that_somebody_else_takes_stays():
    def forward(self, x):
        y = self.c(x).view(x.shape[0], 2, 16, 16)
        return self.k(y), y.reshape(x.shape[0], -1, 8, 64)

    drawn = shapes(Of(forward, c=conv(3, 8), k=conv(2, 4)), (3, 8, 8))
    assert (drawn["view"], drawn["k"], drawn["reshape"]) == ("2×16×16", "4×16×16", "1×8×64")


def test_a_product_of_another_shape_is_no_gate():
    def forward(self, x):
        y = self.c(x)
        return y * torch.sigmoid(self.a(y.mean((2, 3))))[:, :, None, None]

    model = Of(forward, c=conv(3, 1), a=nn.Linear(1, 16))
    for style in ("volumes", "blocks"):
        assert shapes(model, (3, 8, 8), style=style)["mul"] == "16×8×8"


def test_what_is_made_on_the_spot_is_a_part_of_a_concat():
    def forward(self, x):
        return torch.cat([torch.zeros(x.shape[0], 5, 8, 8), self.a(x), self.c(x)], 1)

    scene = inspect(Of(forward, a=conv(3, 4), c=conv(3, 8)), (3, 8, 8)).draw(style="graph").scene
    assert "concat 5 + 4 + 8 = 17" in [
        c.text for g in scene.groups("block") for c in g.children if hasattr(c, "text")
    ]


def test_a_sum_of_a_layer_and_its_own_activation_is_drawn():
    def forward(self, x):
        y = self.c(x)
        return self.d(y + torch.relu(self.b(y)))

    model = Of(forward, c=conv(3, 8), b=nn.BatchNorm2d(8), d=conv(8, 4))
    assert shapes(model, (3, 8, 8))["add"] == "8×8×8"


def test_a_linear_layer_over_places_keeps_them():
    model = Of(lambda s, x: s.l(s.c(x).flatten(2)), c=conv(3, 8), l=nn.Linear(64, 5))
    assert shapes(model, (3, 8, 8))["l"] == "8×5"


def test_a_norm_of_the_input_counts():
    inspection = inspect(nn.Sequential(nn.BatchNorm2d(3), nn.ReLU(), conv(3, 4)), (3, 8, 8))
    (table,) = inspection.draw().scene.groups("table")
    texts = [child.text for child in table.children if hasattr(child, "text")]
    assert {"6", "112"} <= set(texts)
    assert inspection.parameters == 118


def test_shapes_stand_in_the_order_of_the_source():
    scene = inspect("Conv2D(8, 3)", (32, 30, 3)).draw(style="blocks").scene
    texts = [child.text for group in scene.groups() for child in group.children if hasattr(child, "text")]
    assert {"32×30×3", "30×28×8"} <= set(texts)

"""What is drawn of a network: every tensor with its own shape, and every edge."""

import pytest

from shapelens import inspect
from shapelens.errors import UsageError

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


def parts(model, sample, **options):
    """The shapes that the bodies or boxes of one figure are said to have, in order."""
    scene = inspect(model, sample).draw(**options).scene
    kinds = {"volume", "bar", "block"}
    return [g.title.rsplit(": ", 1)[-1].partition(" (")[0] for g in scene.groups() if g.kind in kinds]


def test_each_part_of_what_is_split_has_its_own_shape():
    def forward(self, x):
        a, b = self.c(x).split([12, 4], 1)
        return self.e(torch.cat([self.d(a), b], 1))

    model = Of(forward, c=conv(3, 16), d=conv(12, 12), e=conv(16, 5))
    drawn = parts(model, (3, 8, 8))  # opened under the figure
    assert drawn.count("12×8×8") == 2
    assert drawn.count("4×8×8") == 1


def test_what_cannot_be_drawn_by_itself_is_refused():
    model = Of(lambda s, x: torch.cat([s.b(s.a(x)), s.d(x)], 1), a=conv(3, 4), b=conv(4, 4), d=conv(3, 5))
    with pytest.raises(UsageError) as refused:
        inspect(model, (3, 8, 8)).draw(unfold="d")
    assert "d cannot be drawn by itself here" in str(refused.value)
    assert "5×8×8" in parts(model, (3, 8, 8), style="graph", unfold="d")


def test_one_part_of_what_is_split_is_drawn_as_it_is():
    model = Of(lambda s, x: s.d(s.c(x).split([12, 4], 1)[0]), c=conv(3, 16), d=conv(12, 5))
    assert shapes(model, (3, 8, 8))["split"] == "12×8×8"


def test_what_is_split_and_goes_on_together_is_not_drawn_apart():
    def forward(self, x):
        q, k, v = self.qkv(x).chunk(3, -1)
        return self.o(torch.nn.functional.scaled_dot_product_attention(q, k, v))

    model = Of(forward, qkv=nn.Linear(8, 24), o=nn.Linear(8, 3))
    assert parts(model, (5, 8)) == ["8×5", "24×5", "8×5", "3×5"]


def test_the_state_of_a_recurrent_layer_has_its_own_shape():
    def both(self, x):
        y, (h, _) = self.l(x)
        return self.o(y), h[-1]

    model = Of(both, l=nn.LSTM(10, 20, batch_first=True), o=nn.Linear(20, 5))
    assert parts(model, (7, 10)) == ["10×7", "20×7", "1×20", "5×7"]
    only = Of(lambda s, x: s.o(s.l(x)[1][0][-1]), l=nn.LSTM(10, 20, batch_first=True), o=nn.Linear(20, 5))
    assert parts(only, (7, 10)) == ["10×7", "1×20", "5"]


def caption(model, sample, **options):
    scene = inspect(model, sample).draw(**options).scene
    return " ".join(leaf.text for leaf in scene.leaves() if hasattr(leaf, "text"))


def test_what_is_given_out_on_the_way_is_told():
    def forward(self, x):
        y = self.c(x)
        return y, self.d(y)

    model = Of(forward, c=conv(3, 8), d=conv(8, 4))
    assert "Given out too: c." in caption(model, (3, 8, 8))
    assert "output" in caption(model, (3, 8, 8), style="blocks")


def test_what_nothing_takes_is_told_and_counted_apart():
    def forward(self, x):
        self.e(x)
        return self.d(x)

    said = caption(Of(forward, e=conv(3, 9), d=conv(3, 4)), (3, 8, 8))
    assert "Not taken by what is drawn: e (252 parameters, 15,552 MAC)." in said
    assert "convolution 3×3 1 " in said


def test_what_is_taken_before_an_activation_is_told():
    early = Of(lambda s, x: (y := s.c(x)) + s.d(torch.relu(y)), c=conv(3, 8), d=conv(8, 8))
    late = Of(lambda s, x: (y := torch.relu(s.c(x))) + s.d(y), c=conv(3, 8), d=conv(8, 8))
    said = "into their layers (bands), also where a skip leaves before them"
    assert said in caption(early, (3, 8, 8))
    assert said not in caption(late, (3, 8, 8))


def test_a_forward_that_forgets_its_input_is_told():
    model = Of(lambda s, x: s.d(torch.zeros(1, 8)), d=nn.Linear(8, 3))
    assert "Nothing that is computed depends on the input." in caption(model, (3, 8))


def test_the_legend_tells_products_from_layers():
    model = Of(lambda s, x: (q := s.c(x)) @ q.transpose(1, 2), c=nn.Linear(8, 8))
    assert "fully connected, matmul 2" in caption(model, (5, 8))


def test_a_block_that_is_called_again_is_drawn_again():
    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = conv(8, 16), conv(16, 8)

        def forward(self, x):
            return x + self.b(torch.relu(self.a(x)))

    def forward(self, x):
        for _ in range(6):
            x = self.block(x)
        return self.o(x)

    model = Of(forward, block=Block(), o=conv(8, 2))
    drawn = inspect(model, (8, 64, 64)).draw(style="blocks", width=12)
    assert "×6 " in " ".join(leaf.text for leaf in drawn.scene.leaves() if hasattr(leaf, "text"))
    first = inspect(model, (8, 64, 64)).draw(upto="block")
    assert len([g for g in first.scene.groups() if g.kind == "volume"]) == 4

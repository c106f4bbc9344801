"""The input that nobody gave: what is guessed is said with its reason, and goes through the model."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

pytestmark = pytest.mark.torch
torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

from shapelens.readers.torch.code.weightless import without_weights  # noqa: E402
from shapelens.readers.torch.guessing import Guess, forward_names, guess_inputs, why_no_guess  # noqa: E402
from tests.readers.classics import oracle  # noqa: E402

SIDES = "height and width are taken as 224"


class Net(nn.Module):
    """Layers in the order in which they are given, and anything else that a model says of itself."""

    def __init__(self, *layers, **said):
        super().__init__()
        for place, layer in enumerate(layers):
            setattr(self, f"layer{place}", layer)
        for name, value in said.items():
            setattr(self, name, value)

    def forward(self, x):
        for layer in self.children():
            x = layer(x)
        return x


LAYERS = {
    "Conv1d": (lambda: nn.Conv1d(2, 4, 3), (2, 224),
               "its first convolution, layer0, takes 2 channels; the length is taken as 224"),
    "Conv2d": (lambda: nn.Conv2d(1, 4, 3), (1, 224, 224), f"its first convolution, layer0, takes 1 channel; {SIDES}"),
    "Conv3d": (
        lambda: nn.Conv3d(3, 4, 3),
        (3, 32, 32, 32),
        "its first convolution, layer0, takes 3 channels; depth, height and width are taken as 32",
    ),
    "grouped": (lambda: nn.Conv2d(8, 8, 3, groups=8), (8, 224, 224),
                f"its first convolution, layer0, takes 8 channels; {SIDES}"),
    "Linear": (lambda: nn.Linear(784, 10), (784,), "its first layer, layer0, takes 784 features"),
    "one feature": (lambda: nn.Linear(1, 10), (1,), "its first layer, layer0, takes 1 feature"),
    "nested": (
        lambda: nn.Sequential(nn.BatchNorm2d(3), nn.Sequential(nn.Conv2d(3, 4, 3))),
        (3, 224, 224),
        f"its first convolution, layer0.1.0, takes 3 channels; {SIDES}",
    ),
    "flattened": (lambda: nn.Sequential(nn.Flatten(), nn.Linear(9, 3)), (9,),
                  "its first layer, layer0.1, takes 9 features"),
}  # fmt: skip


@pytest.mark.parametrize("name", LAYERS)
def test_the_first_layer_says_what_goes_in(name):
    build, shape, because = LAYERS[name]
    model = Net(build())
    assert guess_inputs(model) == Guess(shape, because)
    assert why_no_guess(model) == ""
    goes_through(model, shape)


def goes_through(model, shape):
    model = model.eval().to("meta")
    with torch.no_grad(), torch.device("meta"):
        model(torch.empty(2, *shape, device="meta"))


def test_a_layer_alone_is_called_by_its_class():
    guess = guess_inputs(nn.Conv2d(3, 4, 3))
    assert guess.because == f"its first convolution, Conv2d, takes 3 channels; {SIDES}"


def test_the_layer_that_was_registered_first_decides():
    assert guess_inputs(Net(nn.Linear(8, 3), nn.Conv2d(3, 4, 3))).shape == (8,)
    assert guess_inputs(Net(nn.Conv2d(3, 4, 3), nn.Linear(8, 3))).shape == (3, 224, 224)
    assert guess_inputs(Net(nn.Conv2d(3, 4, 3), nn.Embedding(8, 3))).shape == (3, 224, 224)


class Two(Net):
    def forward(self, image, mask, scale=1): ...


class Three(Net):
    def forward(self, a, b, *, c): ...


class Optional(Net):
    def forward(self, x=None, *others, **more): ...


class Nothing(Net):
    def forward(self): ...


NONE = {
    "embedding": (Net(nn.Embedding(9, 3), nn.Linear(3, 2)),
                  "it begins with an embedding, layer0, and how many tokens go in is not known"),
    "bag": (Net(nn.EmbeddingBag(9, 3)), "it begins with an embedding, layer0, and how many tokens go in is not known"),
    "lazy convolution": (Net(nn.LazyConv2d(8, 3)),
                         "its first layer, layer0, is lazy: what it takes is not known before it runs"),
    "lazy linear": (Net(nn.LazyLinear(8)),
                    "its first layer, layer0, is lazy: what it takes is not known before it runs"),
    "recurrent": (Net(nn.LSTM(3, 4)), "it begins with a LSTM, layer0, and how many steps go in is not known"),
    "cell": (Net(nn.GRUCell(3, 4)), "it begins with a GRUCell, layer0, and how many steps go in is not known"),
    "attention": (Net(nn.TransformerEncoderLayer(8, 2)),
                  "it begins with a MultiheadAttention, layer0.self_attn, and how many steps go in is not known"),
    "transposed": (Net(nn.ConvTranspose2d(8, 4, 3)),
                   "it begins with a transposed convolution, layer0, and what size goes in is not known"),
    "no layers": (Net(nn.ReLU()), "it has no layer that says what it takes"),
    "two inputs": (Two(nn.Conv2d(3, 4, 3)), "its forward takes image and mask"),
    "three inputs": (Three(nn.Conv2d(3, 4, 3)), "its forward takes a, b and c"),
    "no input": (Nothing(nn.Conv2d(3, 4, 3)), "its forward takes nothing"),
    "no forward": (nn.ModuleList([nn.Conv2d(3, 4, 3)]), "it has no forward of its own"),
}  # fmt: skip


@pytest.mark.parametrize("name", NONE)
def test_where_nothing_tells(name):
    model, why = NONE[name]
    assert guess_inputs(model) is None
    assert why_no_guess(model) == why


def test_a_lazy_layer_that_has_run_is_as_any_other():
    model = Net(nn.LazyConv2d(8, 3))
    model(torch.zeros(1, 5, 9, 9))
    assert guess_inputs(model).shape == (5, 224, 224)


def test_the_names_of_what_a_forward_needs():
    assert forward_names(Two()) == ("image", "mask")
    assert forward_names(Three()) == ("a", "b", "c")
    assert forward_names(Optional()) == ()
    assert forward_names(nn.Sequential()) == ("input",)
    assert forward_names(nn.MultiheadAttention(4, 2)) == ("query", "key", "value")
    wrapped = Two()
    wrapped.forward = torch.no_grad()(wrapped.forward)
    assert forward_names(wrapped) == ("image", "mask")
    unreadable = Two()
    unreadable.forward = torch.add
    assert forward_names(unreadable) == ("input",)


# what a model says itself -------------------------------------------------------------------------------


def convolution(channels=3):
    return nn.Conv2d(channels, 4, 3)


class PatchEmbed(nn.Module):
    def __init__(self, channels, img_size):
        super().__init__()
        self.proj = nn.Conv2d(channels, 4, 16, 16)
        self.img_size = img_size


def vision(**config):
    return {"main_input_name": "pixel_values", "config": SimpleNamespace(**config)}


SAID = {
    "Lightning": (Net(convolution(), example_input_array=torch.zeros(4, 3, 32, 48)),
                  (3, 32, 48), "its example_input_array is 4×3×32×48"),
    "Lightning, a tuple": (Net(convolution(), example_input_array=(torch.zeros(4, 3, 32, 48),)),
                           (3, 32, 48), "its example_input_array is 4×3×32×48"),
    "Lightning, a dict": (Net(convolution(), example_input_array={"x": torch.zeros(4, 3, 32, 48)}),
                          (3, 32, 48), "its example_input_array is 4×3×32×48"),
    "Lightning, two inputs": (Net(convolution(), example_input_array=(torch.zeros(4, 3), torch.zeros(4))),
                              (3, 224, 224), f"its first convolution, layer0, takes 3 channels; {SIDES}"),
    "Lightning, tokens": (Net(convolution(), example_input_array=torch.zeros(4, 7, dtype=torch.long)),
                          (3, 224, 224), f"its first convolution, layer0, takes 3 channels; {SIDES}"),
    "timm": (Net(convolution(), pretrained_cfg={"input_size": (3, 288, 320)}),
             (3, 288, 320), "timm's pretrained_cfg says 3×288×320"),
    "timm, an object": (Net(convolution(), pretrained_cfg=SimpleNamespace(input_size=[3, 288, 320])),
                        (3, 288, 320), "timm's pretrained_cfg says 3×288×320"),
    "timm of old": (Net(convolution(), default_cfg={"input_size": (3, 288, 320)}),
                    (3, 288, 320), "timm's default_cfg says 3×288×320"),
    "timm, other channels": (Net(convolution(1), pretrained_cfg={"input_size": (3, 288, 320)}),
                             (1, 288, 320),
                             "timm's pretrained_cfg says 3×288×320; its first convolution, layer0, takes 1 channel"),
    "timm, another size": (Net(patch_embed=PatchEmbed(3, (384, 384)), pretrained_cfg={"input_size": (3, 224, 224)}),
                           (3, 384, 384), "its patch_embed is built for 384×384"),
    "timm, nothing said": (Net(convolution(), pretrained_cfg={}, default_cfg=None),
                           (3, 224, 224), f"its first convolution, layer0, takes 3 channels; {SIDES}"),
    "transformers": (Optional(convolution(1), **vision(num_channels=1, image_size=96)),
                     (1, 96, 96), "its config says 1×96×96"),
    "transformers, two sides": (Optional(convolution(), **vision(num_channels=3, image_size=[96, 64])),
                                (3, 96, 64), "its config says 3×96×64"),
    "transformers, no size": (Optional(convolution(), **vision(num_channels=3)),
                              (3, 224, 224), f"its config says 3 channels; {SIDES}"),
    "transformers, frames": (Optional(convolution(), **vision(num_channels=3, image_size=96, num_frames=8)),
                             (8, 3, 96, 96), "its config says 8 frames of 3×96×96"),
    "transformers, a size in words": (Optional(convolution(), **vision(num_channels=3, image_size="large")),
                                      (3, 224, 224), f"its first convolution, layer0, takes 3 channels; {SIDES}"),
    "another config": (Net(convolution(), config={"num_channels": 7}),
                       (3, 224, 224), f"its first convolution, layer0, takes 3 channels; {SIDES}"),
    "torchvision": (Net(convolution(), image_size=518),
                    (3, 518, 518), "its image_size is 518×518; its first convolution, layer0, takes 3 channels"),
    "torchvision, a vector": (Net(nn.Linear(3, 4), image_size=518),
                              (3,), "its first layer, layer0, takes 3 features"),
}  # fmt: skip


@pytest.mark.parametrize("name", SAID)
def test_what_a_model_says_of_itself(name):
    model, shape, because = SAID[name]
    assert guess_inputs(model) == Guess(shape, because)


def test_a_model_of_transformers_that_takes_no_image():
    model = Optional(
        nn.Conv1d(1, 4, 3), main_input_name="input_values", config=SimpleNamespace(num_channels=1)
    )
    assert guess_inputs(model) is None
    assert why_no_guess(model) == "it takes input_values, and what size they have is not known"


def test_what_cannot_be_looked_up_is_not_there():
    class Odd(Net):
        @property
        def example_input_array(self):
            raise RuntimeError("not yet")

    assert guess_inputs(Odd(convolution())).shape == (3, 224, 224)


# real networks --------------------------------------------------------------------------------------------


@pytest.mark.conformance
def test_every_classifier_of_torchvision_takes_what_is_guessed():
    if oracle.torchvision() is None:
        pytest.skip("torchvision is not installed")
    models = oracle.torchvision().models
    for name in models.list_models(module=models):
        with without_weights():
            model = models.get_model(name, weights=None, **oracle.SETTINGS.get(name, (name, {}))[1])
        goes_through(model, guess_inputs(model).shape)


@pytest.mark.conformance
def test_networks_of_timm_take_what_is_guessed():
    if oracle.torchvision() is None:
        pytest.skip("torchvision is not installed")
    timm = pytest.importorskip("timm")
    tried = 0
    for name in timm.list_models()[::20]:
        # A NaFlexViT takes its patches by a linear layer, of which nobody can tell how many channels are in it.
        for settings in ({},) if name.startswith("naflexvit") else ({}, {"in_chans": 1}):
            try:
                with without_weights():
                    model = timm.create_model(name, **settings)
            except (NotImplementedError, RuntimeError):
                continue  # it computes with its weights, and is built with them
            goes_through(model, guess_inputs(model).shape)
            tried += 1
    assert tried > 100

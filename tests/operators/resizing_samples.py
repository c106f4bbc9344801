"""What PyTorch calls the ways of resizing, and factors to resize by."""

from __future__ import annotations

from hypothesis import strategies as st

__all__ = ["SAMPLED_AS", "SCALES"]

SAMPLED_AS = {
    "nearest": ("nearest", "asymmetric", "floor"),
    "nearest-exact": ("nearest", "half_pixel", "round_prefer_ceil"),
    "area": ("area", "half_pixel", "floor"),
    "linear": ("linear", "half_pixel", "floor"),
    "bilinear": ("linear", "half_pixel", "floor"),
    "trilinear": ("linear", "half_pixel", "floor"),
    "bicubic": ("cubic", "half_pixel", "floor"),
    "lanczos": ("lanczos", "half_pixel", "floor"),
}
SCALES = st.one_of(
    st.sampled_from([0.29, 0.1, 0.5, 0.6, 0.7, 1.0, 1.25, 1.37, 1.5, 2.0, 2.3, 3.0, 1 / 3, 2 / 3]),
    st.floats(0.05, 3.5),
)

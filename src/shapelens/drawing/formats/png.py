"""A scene as PNG: its PDF, turned into pixels."""

from __future__ import annotations

from io import BytesIO
from math import ceil

from shapelens.drawing.formats.pdf import missing_package, pdf_bytes
from shapelens.drawing.scene import Scene
from shapelens.errors import UsageError

__all__ = ["LARGEST_AREA", "LARGEST_SIDE", "png_bytes"]

LARGEST_SIDE = 20_000
LARGEST_AREA = 80_000_000
"""In pixels. An image is held in memory twice, three bytes for each of them; and of a larger one Pillow says, when it
is opened, that it may be an attack."""

_SCALE = (1 - 1e-6) / 72
"""Pixels to a point, by dots to an inch: a page of 125 pixels and a rounding error is not 126 pixels wide."""


def png_bytes(scene: Scene, dots_per_inch: float = 300.0) -> bytes:
    """The figure as a PNG image.

    The same scene gives the same bytes on the same release of pypdfium2. The image says how many dots an inch has, so
    that it is as large in a document as the figure is.

    Raises:
        UsageError: `a figure of 30,000×200 pixels is too large`, `an image needs a resolution`.
        MissingPackageError: `pypdfium2 is not installed`.
    """
    _check_size(scene, dots_per_inch)
    try:
        from PIL import Image
        from pypdfium2 import PdfDocument
    except ModuleNotFoundError as error:
        raise missing_package(error, "pypdfium2") from None
    with PdfDocument(pdf_bytes(scene)) as document:
        page = document[0]
        bitmap = page.render(scale=dots_per_inch * _SCALE, rev_byteorder=True)
        image: Image.Image = bitmap.to_pil()
        made = BytesIO()
        image.save(made, "PNG", compress_level=9, dpi=(dots_per_inch, dots_per_inch))
        bitmap.close()
        page.close()
    return made.getvalue()


def _check_size(scene: Scene, dots_per_inch: float) -> None:
    if not 0 < dots_per_inch < float("inf"):
        raise UsageError(
            "an image needs a resolution",
            at="dots_per_inch",
            have=f"{dots_per_inch:g} dots per inch",
            rule="a number greater than 0; print asks for 300",
            fix="dots_per_inch=300",
        )
    width, height = (ceil(side * dots_per_inch * _SCALE) for side in (scene.width, scene.height))
    if max(width, height) <= LARGEST_SIDE and width * height <= LARGEST_AREA:
        return
    by_side = 72 * LARGEST_SIDE / max(scene.width, scene.height)
    by_area = 72 * (LARGEST_AREA / (scene.width * scene.height)) ** 0.5
    possible = int(min(by_side, by_area))
    resolution = f"dots_per_inch={possible}\nor " if possible else ""
    raise UsageError(
        f"a figure of {width:,}×{height:,} pixels is too large",
        at="dots_per_inch",
        have=f"{scene.width:g}×{scene.height:g} points at {dots_per_inch:g} dots per inch",
        rule=f"at most {LARGEST_SIDE:,} pixels on a side and {LARGEST_AREA:,} in all",
        fix=f"{resolution}PDF, SVG or TikZ, which have no pixels",
    )

"""A figure in a browser and in a PDF renderer: the same picture."""

import io
import os
import shutil
import subprocess

import pytest

from shapelens import explain, inspect

pytestmark = pytest.mark.browser

NAMES = ("chromium", "chromium-browser", "google-chrome")
SCALE = 2


@pytest.fixture(scope="module")
def browser():
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        says = "no browser: install Debian's chromium, or another that is called " + ", ".join(NAMES[1:])
        (pytest.fail if os.environ.get("CI") else pytest.skip)(says)
    return found


def shown(browser, svg, scene, folder):
    """What the browser paints, in shades of grey."""
    from PIL import Image

    (folder / "figure.svg").write_text(svg, encoding="utf-8")
    page = (
        f'<body style="margin:0"><img src="figure.svg" style="width:{scene.width}px;height:{scene.height}px">'
    )
    (folder / "page.html").write_text(page, encoding="utf-8")
    arguments = [
        browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--allow-file-access-from-files",
        f"--force-device-scale-factor={SCALE}", f"--window-size={int(scene.width) + 1},{int(scene.height) + 1}",
        f"--user-data-dir={folder / 'profile'}", f"--screenshot={folder / 'shown.png'}", str(folder / "page.html"),
    ]  # fmt: skip
    subprocess.run(arguments, check=True, capture_output=True, timeout=120)
    return Image.open(folder / "shown.png").convert("L")


@pytest.mark.parametrize(
    "draw",
    [
        lambda: inspect("vgg16").draw(),
        lambda: inspect("unet").draw(),
        lambda: inspect("lenet5_dense").draw(style="maps", theme="print"),
        lambda: inspect("resnet18").draw(theme="dark"),
        lambda: explain("Conv2d(2, 1, 2)", (2, 3, 3)).draw(),
    ],
    ids=["vgg16", "unet", "lenet5_dense", "resnet18", "layer"],
)
def test_svg_and_pdf_show_the_same(browser, draw, tmp_path):
    from PIL import Image, ImageChops, ImageFilter, ImageStat

    figure = draw()
    seen = shown(browser, figure.svg, figure.scene, tmp_path)
    painted = Image.open(io.BytesIO(figure.png(72 * SCALE))).convert("L")
    # A window ends at a whole pixel, and a page does not.
    size = min(seen.width, painted.width) - SCALE, min(seen.height, painted.height) - SCALE
    soft = [
        image.crop((0, 0, *size)).filter(ImageFilter.GaussianBlur(2.0 * SCALE)) for image in (seen, painted)
    ]
    difference = ImageChops.difference(*soft)
    assert ImageStat.Stat(difference).mean[0] < 2.5
    # No part of it is missing: letters may be hinted otherwise, and lines lie on other pixels.
    assert difference.getextrema()[1] < 60


def test_a_picture_that_lacks_a_part_is_not_the_same(browser, tmp_path):
    from PIL import Image, ImageChops, ImageFilter

    figure = inspect("vgg16").draw()
    seen = shown(browser, figure.svg, figure.scene, tmp_path)
    other = inspect("vgg16").draw(upto="features.23")
    painted = Image.open(io.BytesIO(other.png(72 * SCALE))).convert("L").resize(seen.size)
    soft = [image.filter(ImageFilter.GaussianBlur(2.0 * SCALE)) for image in (seen, painted)]
    assert ImageChops.difference(*soft).getextrema()[1] > 60

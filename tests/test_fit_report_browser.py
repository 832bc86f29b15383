"""The fit report in a real browser with the network cut, as wide as a screen and as narrow as a phone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from histories import HEP, THREE_YEARS
from matplotlib.image import imread
from test_report_browser import browser, opened  # noqa: F401  the fixture, and how a page is opened

from flowsim import calibration
from flowsim.report.fit import write_fit


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = calibration.calibrate(HEP, source=f"{'hep_' * 12}history.csv", window=THREE_YEARS, samples=19)
    return write_fit(found, tmp_path_factory.mktemp("fit") / "fit.html", "sv")


@pytest.mark.parametrize(("width", "height"), [(1280, 4200), (500, 5200)])
def test_the_fit_report_fits_its_window(width: int, height: int, browser: str, page: Path, tmp_path: Path) -> None:  # noqa: F811
    shot = tmp_path / "page.png"
    how = (f"--screenshot={shot}", f"--window-size={width},{height}")
    _, log = opened(browser, page, tmp_path / "home", *how)
    pixels = imread(shot)[..., :3]
    assert pixels.shape[:2] == (height, width)
    assert (pixels[:900] < 0.5).all(axis=2).sum() > 5_000
    assert (pixels[:, width - 20 :, :] > 0.99).all(), "something runs out of the page to the right"
    assert not re.findall(r"CONSOLE.*|Refused to.*|violates.*", log)

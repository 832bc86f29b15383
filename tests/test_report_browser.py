"""The report in a real browser, with the network cut: it opens, every figure is drawn, and nothing in it acts.

Needs Chromium or Chrome on the PATH. Without one a user's run skips, loudly; with CI=true it fails.
"""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import made_study
import numpy as np
import pytest
from matplotlib.image import imread

from flowsim import report
from flowsim.questions.answer import Answer, Effort, Figure, Series, Table
from flowsim.questions.wording import Said, alike
from flowsim.report import answers

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--hide-scrollbars",
    "--enable-logging=stderr",
)


@pytest.fixture(scope="module")
def browser() -> str:
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip(
            f"NO BROWSER on the PATH ({', '.join(NAMES)}): the report was NOT looked at. Install Chromium for it."
        )
    return found


@pytest.fixture(scope="module")
def listener() -> Iterator[tuple[int, list[bytes]]]:
    """A port on this machine, and all that anybody ever asked of it."""
    asked: list[bytes] = []
    server = socket.create_server(("127.0.0.1", 0))

    def listen() -> None:
        while True:
            try:
                caller, _ = server.accept()
            except OSError:
                return
            with caller:
                caller.settimeout(2)
                asked.append(caller.recv(200))

    threading.Thread(target=listen, daemon=True).start()
    yield server.getsockname()[1], asked
    server.close()


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory, listener: tuple[int, list[bytes]]) -> Path:
    hostile = f"<img src=http://127.0.0.1:{listener[0]}/x onerror=alert(1)><script>document.title='owned'</script>"
    reading = made_study.made("sv", 2, ortho_plus6=hostile)
    reading.run["warnings"].append(hostile)
    return report.write_reading(reading, tmp_path_factory.mktemp("study"))


def opened(browser: str, target: Path, home: Path, *how: str) -> tuple[str, str]:
    """Output and log of the browser; names resolve to nothing, so no request could leave this machine."""
    rules = "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"
    command = [browser, *QUIET, rules, f"--user-data-dir={home}", *how, target.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    return done.stdout, done.stderr


def test_it_opens_without_asking_anybody_and_nothing_acts(
    browser: str, page: Path, listener: tuple[int, list[bytes]], tmp_path: Path
) -> None:
    port, asked = listener
    control = tmp_path / "control.html"
    control.write_text(f'<img src="http://127.0.0.1:{port}/control">', encoding="utf-8")
    opened(browser, control, tmp_path / "control", "--dump-dom")
    assert asked, "the listener hears nothing, so its silence would prove nothing"
    asked.clear()
    text, log = opened(browser, page, tmp_path / "home", "--dump-dom")
    assert "<title>Patientflöde: ortho</title>" in text
    assert "owned" not in text.partition("</title>")[0]
    assert "&lt;script&gt;" in text
    assert not re.search(r"<script|<img(?! src=\"data:)", text)
    assert not asked
    assert not re.findall(r"CONSOLE.*|Refused to.*|violates.*", log)


def test_every_figure_is_drawn(browser: str, page: Path, tmp_path: Path) -> None:
    """The figures' images in a page of their own with a script that asks the browser for their sizes."""
    sources = re.findall(r'<img src="(data:[^"]+)" width="(\d+)" height="(\d+)"', page.read_text(encoding="utf-8"))
    assert len(sources) > 15
    tags = "".join(f'<img src="{data}">' for data, _, _ in sources)
    script = "onload=()=>{document.title=[...document.images].map(i=>i.naturalWidth+'x'+i.naturalHeight).join(' ')}"
    probe = tmp_path / "probe.html"
    probe.write_text(f"<!doctype html><title></title>{tags}<script>{script}</script>", encoding="utf-8")
    text, _ = opened(browser, probe, tmp_path / "home", "--dump-dom", "--virtual-time-budget=20000")
    title = re.search(r"<title>(.*?)</title>", text)
    assert title is not None
    drawn = [tuple(map(int, size.split("x"))) for size in title[1].split()]
    wanted = [(int(width), int(height)) for _, width, height in sources]
    assert len(drawn) == len(wanted)
    assert all(abs(a - b) <= 1 for got, want in zip(drawn, wanted, strict=True) for a, b in zip(got, want, strict=True))


def test_the_page_is_seen_and_fits_its_window(browser: str, page: Path, tmp_path: Path) -> None:
    shot = tmp_path / "page.png"
    opened(browser, page, tmp_path / "home", f"--screenshot={shot}", "--window-size=1280,9000")
    pixels = imread(shot)[..., :3]
    assert pixels.shape[:2] == (9000, 1280)
    ink = (pixels < 0.5).all(axis=2)
    blue = np.abs(pixels - np.array([0x0A, 0x6E, 0xBD]) / 255).max(axis=2) < 0.02
    assert ink[:900].sum() > 5_000
    assert blue.sum() > 20_000
    margin = pixels[:, 1250:, :]
    assert (margin > 0.99).all(), "something runs out of the page to the right"


def test_two_answers_joined_are_one_printed_page(browser: str, tmp_path: Path) -> None:
    """What a head of department is handed: full tables, a figure each, as long texts as the shipped clinic gives."""
    names = [alike(f"+{k} operationstid/v") for k in range(5)]
    figure = Figure("bars", alike("Figuren"), alike(""), alike("x"), (Series(alike("s"), names, [5.0, 4, 3, 2, 1]),))
    table = Table(
        tuple(alike(f"kolumn {k}") for k in range(7)), (tuple(alike("12 345 ± 67") for _ in range(7)),) * 7, 1, 0
    )
    said, text = alike("En mening som läses upp med tal och pris. " * 7), alike("Ett antagande av vanlig längd. " * 4)
    one = Answer(
        "a", Said("En fråga?", "A question?"), said, table, figure, (text,) * 3, (text,), Effort(9, True, text)
    )
    for name in ("a", "b"):
        answers.write(one, tmp_path / name, "sv")
    page = answers.join([tmp_path / "a", tmp_path / "b"], "Kliniken", tmp_path / "page.html", "sv")
    printed = tmp_path / "page.pdf"
    opened(browser, page, tmp_path / "home", "--no-pdf-header-footer", f"--print-to-pdf={printed}")
    assert len(re.findall(rb"/Type\s*/Page[^s]", printed.read_bytes())) == 1

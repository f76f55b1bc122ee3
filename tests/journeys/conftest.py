"""A running demo and a real Chromium, one of each for a file of journeys; the clouds by name."""

import os
import shutil
from collections.abc import Iterator

import pytest
from browsing import WAIT, patient
from phone import Telegram
from playwright.sync_api import Browser, Playwright, sync_playwright
from service import Service
from zalo import Zalo


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("demo")
    made = Service(folder, command="demo", DATABASE_URL=f"sqlite:///{folder}/gocua.db").start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as made:
        yield made


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    assert path, "make test installs chromium"
    made = playwright.chromium.launch(
        executable_path=path, args=["--disable-gpu", "--disable-dev-shm-usage"], timeout=WAIT
    )
    yield patient(made)
    made.close()


@pytest.fixture
def telegram() -> Iterator[Telegram]:
    made = Telegram(limits=False).start()
    yield made
    made.stop()


@pytest.fixture
def zalo() -> Iterator[Zalo]:
    made = Zalo(limits=False).start()
    made.oa.package = "full"
    yield made
    made.stop()

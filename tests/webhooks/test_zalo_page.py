"""/zalo/dong-y: shows an admin the code of a consent and does nothing with it."""

from pathlib import Path

import httpx
import pytest
from conftest import NewUrl
from pydantic import SecretStr

from bot.settings import Settings
from bot.wiring import Wiring
from webhooks.app import create_app


@pytest.mark.parametrize(("app_id", "shown"), [("17", True), ("", False)])
async def test_the_code_is_shown_and_kept_nowhere(
    new_url: NewUrl, tmp_path: Path, app_id: str, shown: bool
) -> None:
    settings = Settings(
        _env_file=None,
        database_url=new_url("sqlite"),
        data_dir=tmp_path,
        zalo_oa_app_id=app_id,
        secret_key=SecretStr("key"),
    )
    wiring = Wiring(settings, "web")
    transport = httpx.ASGITransport(app=create_app(wiring))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        answer = await client.get("/zalo/dong-y?code=<b>abc&oa_id=1")
    assert answer.status_code == 200
    assert ("&lt;b&gt;abc" in answer.text) is shown
    assert "<b>abc" not in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert ("gocua zalo login" in answer.text) is shown
    await wiring.stop()

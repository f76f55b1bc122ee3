"""Feeds of official sites in the console: added, said how they are, removed."""

from collections.abc import Callable

import httpx
from village import COMMUNE, FAR, NEAR

from bot.core.rights import Role
from bot.wiring import Wiring
from storage import feeds
from storage.database import HOUR

PATH = "/thong-bao/nguon"
FORM = {"dia-chi": "https://longthanh.dongnai.gov.vn/rss", "noi": [NEAR]}


def _only(wiring: Wiring) -> int:
    (found,) = wiring.database.read_now(feeds.everything)
    return found.id


async def test_a_feed_is_added_looked_at_and_removed(
    wiring: Wiring, client: httpx.AsyncClient, official: Callable[..., int]
) -> None:
    official(Role.AUTHOR, COMMUNE)
    assert (await client.post(f"{PATH}/1/bo")).headers["location"] == f"{PATH}?xong=bo-nguon"
    assert "Chưa có nguồn nào" in (await client.get(PATH)).text
    added = await client.post(PATH, data=FORM)
    assert added.headers["location"] == f"{PATH}?xong=them-nguon"
    page = (await client.get(PATH)).text
    assert "Khu phố Cầu Xéo · chưa đọc lần nào" in page
    number = _only(wiring)
    wiring.database.write_now(lambda one: feeds.failed(one, number, "too-big", HOUR))
    assert "Chưa đọc được: tệp quá lớn" in (await client.get(PATH)).text
    again = await client.post(PATH, data=FORM)
    assert again.status_code == 422
    assert "Nguồn này đã có rồi" in again.text
    assert wiring.database.read_now(feeds.everything)[0].url == FORM["dia-chi"]


async def test_what_is_no_address_or_not_ones_own_place_is_refused(
    wiring: Wiring, client: httpx.AsyncClient, official: Callable[..., int]
) -> None:
    official(Role.AUTHOR, NEAR)
    for bad in ({**FORM, "dia-chi": "javascript:1"}, {**FORM, "noi": []}):
        answer = await client.post(PATH, data=bad)
        assert answer.status_code == 422
        assert "Gõ địa chỉ bắt đầu bằng" in answer.text
    assert (await client.post(PATH, data={**FORM, "noi": [FAR]})).status_code == 403
    assert _only(wiring) == 1

"""Writing in the console: pictures, what stands beside the words, a copy to oneself."""

import re
from collections.abc import Callable
from io import BytesIO

import httpx
import pytest
from notice_form import FORM
from notice_form import kept as stored
from PIL import Image
from sqlalchemy import Connection, text
from village import COMMUNE

from bot.core.rights import Role
from bot.wiring import Wiring
from storage import links, people

Official = Callable[..., int]
Fields = dict[str, object]
pytestmark = pytest.mark.usefixtures("keeper")


def _photo(kind: str = "JPEG", colour: str = "red") -> bytes:
    exif = Image.Exif()
    exif[0x010E] = "Nha ba Nam"
    out = BytesIO()
    Image.new("RGB", (60, 40), colour).save(out, kind, exif=exif)
    return out.getvalue()


async def _post(
    client: httpx.AsyncClient, path: str, more: Fields | None = None, raw: bytes | None = None
) -> httpx.Response:
    files = {"anh": ("a.jpg", raw, "image/jpeg")} if raw is not None else None
    return await client.post(path, data={**FORM, **(more or {})}, files=files)


def _number(page: str) -> int:
    found = re.search(r'name="so" value="(\d+)"', page)
    assert found
    return int(found[1])


async def test_a_picture_is_kept_shown_and_taken_away(
    wiring: Wiring, client: httpx.AsyncClient, official: Official
) -> None:
    official(Role.AUTHOR, COMMUNE)
    first = await _post(client, "/thong-bao/moi", raw=_photo())
    number = _number(first.text)
    kept = stored(wiring, number)
    assert first.text.count(f'src="/hinh/{kept.content.picture}"') == 2, (
        "on the form, in the message"
    )
    shown = await client.get(f"/hinh/{kept.content.picture}")
    assert shown.headers["content-type"] == "image/jpeg"
    assert b"Nha ba Nam" not in shown.content
    path = f"/thong-bao/{number}/soan"
    typed = await _post(client, path, {"phien-ban": "1", "noi-dung": "Cắt điện thứ bảy."})
    assert kept.content.picture in typed.text, "what the form does not hold stays"
    late: Fields = {"phien-ban": "1", "noi-dung": "Cắt điện thứ bảy."}
    again = await _post(client, path, late, _photo("PNG", "blue"))
    assert again.status_code == 200, "words saved by themselves meanwhile are no conflict"
    assert stored(wiring, number).content.picture not in ("", kept.content.picture)
    await _post(client, path, {**late, "phien-ban": "3", "bo-anh": "1"})
    assert stored(wiring, number).content.picture == ""


@pytest.mark.parametrize("raw", [b"%PDF-1.7 no picture", _photo()[:90], b"x" * (11 * 2**20)])
async def test_what_is_no_picture_is_refused_and_the_words_stay(
    wiring: Wiring, client: httpx.AsyncClient, official: Official, raw: bytes
) -> None:
    official(Role.AUTHOR, COMMUNE)
    number = _number((await _post(client, "/thong-bao/moi")).text)
    answer = await _post(
        client, f"/thong-bao/{number}/soan", {"phien-ban": "1", "noi-dung": "Chữ mới"}, raw
    )
    assert answer.status_code == 409
    assert "Ảnh không dùng được" in answer.text
    assert "Chữ mới" in answer.text
    assert stored(wiring, number).version == 1


async def test_a_form_that_is_too_large_is_not_read(
    client: httpx.AsyncClient, official: Official
) -> None:
    official(Role.AUTHOR, COMMUNE)
    answer = await _post(client, "/thong-bao/moi", raw=b"x" * (21 * 2**20))
    assert answer.status_code == 413


async def test_what_is_wrong_stands_under_its_field(
    client: httpx.AsyncClient, official: Official
) -> None:
    official(Role.AUTHOR, COMMUNE)
    bad: Fields = {
        "noi-dung": "Bà con đọc mã OTP cho cán bộ.",
        "noi": [],
        "het-han": "2020-01-01T08:00",
    }
    page = (await _post(client, "/thong-bao/moi", bad)).text
    for place, words in (
        ("loi-chu", "Phải sửa"),
        ("loi-noi", "chưa chọn nơi nhận"),
        ("loi-gio", "hạn dùng đã qua"),
    ):
        found = re.search(rf'<div id="{place}" class="below">(.*?)</div>', page, re.DOTALL)
        assert found, place
        assert words in found[1], place
    assert "Còn 3 chỗ phải sửa" in page
    good = (await _post(client, "/thong-bao/moi")).text
    assert "Không thấy lỗi" in good
    assert "gửi xong khoảng" in good
    assert "Nhóm nhờ tổ viên đăng" in good.partition("Người nhận sẽ thấy")[2]


async def test_a_copy_goes_to_the_writers_own_chat_alone(
    wiring: Wiring, client: httpx.AsyncClient, official: Official
) -> None:
    me = official(Role.AUTHOR, COMMUNE)
    number = _number((await _post(client, "/thong-bao/moi")).text)
    path = f"/thong-bao/{number}/soan"
    alone = await _post(client, path, {"phien-ban": "1", "lam": "thu", "noi-dung": "Mới"})
    assert alone.status_code == 422
    assert "Bản nháp đã lưu" in alone.text
    assert stored(wiring, number).content.text == "Mới"

    def join(connection: Connection) -> None:
        people.see(connection, {"webchat:web:mai": "webchat"}, 1)
        links.link(connection, "webchat:web:mai", me, 1)

    wiring.database.write_now(join)
    for sent in (
        await _post(client, path, {"phien-ban": "2", "lam": "thu"}),
        await client.post(f"/thong-bao/{number}/gui-thu"),
    ):
        assert sent.status_code == 303
        assert "xong=gui-thu" in sent.headers["location"]
    owner = f"try:announcement:{number}"
    waiting = wiring.database.read_now(lambda one: _addresses(one, owner))
    assert waiting == ["webchat:web:mai", "webchat:web:mai"]


def _addresses(connection: Connection, owner: str) -> list[str]:
    query = text("SELECT address FROM outbox WHERE owner = :owner")
    return list(connection.execute(query, {"owner": owner}).scalars())

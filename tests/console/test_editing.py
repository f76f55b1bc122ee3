"""A guide in words of one's own: judged, compared, approved by another, given to later runs."""

import re
from collections.abc import Callable
from pathlib import Path

import httpx
from click.testing import CliRunner
from conftest import NewUrl
from village import COMMUNE

from bot.cli import main
from bot.core.rights import Role
from bot.library import Library, to_json
from bot.settings import Settings
from bot.shelf import Shelf
from bot.wiring import Wiring
from storage import audit, editions
from storage.database import Database

Official = Callable[..., int]
PATH = "/thu-vien/vneid"
OPENING = "mo-dau.md:0"
NEW = "Bài này giúp bác cài ứng dụng VNeID, từng bước một. Bác cứ thong thả."


def _seen_at(page: str) -> str:
    found = re.search(r'name="luc" value="(\d+)"', page)
    assert found
    return found[1]


async def _written(client: httpx.AsyncClient, text: str = NEW) -> httpx.Response:
    at = _seen_at((await client.get(f"{PATH}/sua")).text)
    form = {"luc": at, OPENING: text, "lam": "xem"}
    return await client.post(f"{PATH}/sua", data=form)


def _revision(page: str) -> str:
    found = re.search(r'name="ban" value="(\w+)"', page)
    assert found
    return found[1]


async def test_a_new_version_is_for_who_begins_later(
    wiring: Wiring, client: httpx.AsyncClient, official: Official
) -> None:
    shelf = wiring.shelf
    old = shelf.guides.current["vneid"]
    official(Role.CONTENT_AUTHOR, name="Thu")
    made = await _written(client)
    assert made.headers["location"] == f"{PATH}/ban-moi"
    page = (await client.get(f"{PATH}/ban-moi")).text
    assert "Khác bản đang dùng ở 1 chỗ" in page
    assert "<ins>" in page
    assert "<del>" in page
    await client.post(f"{PATH}/ban-moi/gui-duyet")
    page = (await client.get(f"{PATH}/ban-moi")).text
    assert "người sửa không tự duyệt được" in page
    other = Shelf(Library())
    wiring.database.read_now(other.know_all)
    assert shelf.guides.current["vneid"] == old, "residents read the old one until then"
    official(Role.APPROVER, name="Hùng")
    assert "1 bài có bản mới chờ duyệt" in (await client.get("/")).text
    page = (await client.get(f"{PATH}/ban-moi")).text
    approved = await client.post(f"{PATH}/ban-moi/duyet", data={"ban": _revision(page)})
    assert approved.headers["location"] == f"{PATH}?xong=bai-duyet"
    new = shelf.guides.current["vneid"]
    assert "Bác cứ thong thả" in to_json(new).decode()
    assert new.revision == _revision(page)
    assert shelf.guides.versions["vneid", old.revision] == old, "pinned runs go on with theirs"
    await other.renew(wiring.database)
    assert other.guides.current["vneid"] == new, "another process takes it up"
    assert "của địa phương" in (await client.get(PATH)).text
    entry = wiring.database.read_now(lambda one: audit.latest(one, "guide:vneid", 1))[0]
    assert entry["operation"] == "approve-guide"
    assert new.revision in entry["detail"]


async def test_only_what_was_looked_at_is_approved_and_by_another(
    wiring: Wiring, client: httpx.AsyncClient, official: Official
) -> None:
    first = official(Role.CONTENT_AUTHOR, name="Thu")
    await _written(client)
    await client.post(f"{PATH}/ban-moi/gui-duyet")
    seen = wiring.database.read_now(lambda one: editions.open_one(one, "vneid"))
    assert seen
    assert seen.editors == (first,)
    own = await client.post(f"{PATH}/ban-moi/duyet", data={"ban": seen.revision})
    assert own.status_code == 422
    assert "không được tự duyệt" in own.text
    official(Role.CONTENT_AUTHOR, name="Sơn")
    other = await client.post(f"{PATH}/ban-moi/duyet", data={"ban": "0" * 12})
    assert other.status_code == 422
    assert "vừa bị sửa" in other.text
    unsaid = await client.post(f"{PATH}/ban-moi/tra-lai", data={"ly-do": " "})
    assert "Phải ghi lý do" in unsaid.text
    await client.post(f"{PATH}/ban-moi/tra-lai", data={"ly-do": "Ngắn hơn."})
    assert "Bị trả lại: Ngắn hơn." in (await client.get(f"{PATH}/sua")).text
    late = await client.post(f"{PATH}/ban-moi/duyet", data={"ban": seen.revision})
    assert late.status_code == 422
    await _written(client, NEW.replace("thong thả", "từ từ"))
    await client.post(f"{PATH}/ban-moi/gui-duyet")
    page = (await client.get(f"{PATH}/ban-moi")).text
    assert "người sửa không tự duyệt được" in page, "both wrote in it now"
    official(Role.CONTENT_AUTHOR, COMMUNE, "Lan")
    assert (await client.post(f"{PATH}/ban-moi/duyet")).status_code == 403, "it is everybody's"


async def test_faults_are_said_at_their_field_and_stop_it(
    client: httpx.AsyncClient, official: Official
) -> None:
    official(Role.CONTENT_AUTHOR)
    at = _seen_at((await client.get(f"{PATH}/sua")).text)
    wrong = {"luc": at, "dat-mat-khau.md:0": "Bác đọc mã OTP cho cán bộ.", "lam": "luu"}
    told = (await client.post(f"{PATH}/sua/kiem", data=wrong)).text
    field = re.search(r'<div id="loi-dat-mat-khau-md-0"[^>]*>(.*?)</div>', told)
    assert field
    assert 'class="wrong"' in field[1]
    assert _seen_at((await client.get(f"{PATH}/sua")).text) == at, "nothing was kept"
    await client.post(f"{PATH}/sua", data=wrong)
    assert "chưa gửi duyệt được" in (await client.get(f"{PATH}/sua")).text
    refused = await client.post(f"{PATH}/ban-moi/gui-duyet")
    assert refused.status_code == 422
    assert "Bài còn lỗi" in refused.text
    await client.post(f"{PATH}/ban-moi/bo")
    assert "Không có bản nào đang sửa" in (await client.get(f"{PATH}/ban-moi")).text


async def test_two_who_write_at_once_do_not_overwrite_each_other(
    client: httpx.AsyncClient, official: Official
) -> None:
    official(Role.CONTENT_AUTHOR, name="Thu")
    at = _seen_at((await client.get(f"{PATH}/sua")).text)
    unchanged = await client.post(f"{PATH}/sua", data={"luc": at, "lam": "luu"})
    assert unchanged.headers["location"] == PATH, "nothing written, nothing kept"
    await _written(client)
    official(Role.OPERATOR, name="Quân")
    form = {"luc": at, OPENING: "Chữ của Quân.", "lam": "luu"}
    late = await client.post(f"{PATH}/sua", data=form)
    assert late.status_code == 422
    assert "Chữ của Quân." in late.text, "what was written is still there"
    at = _seen_at((await client.get(f"{PATH}/sua")).text)
    await client.post(f"{PATH}/sua", data={"luc": at, "lam": "goc"})
    assert "Không khác chữ nào" in (await client.get(f"{PATH}/ban-moi")).text
    nothing = await client.post(f"{PATH}/ban-moi/gui-duyet")
    assert "không có gì để duyệt" in nothing.text
    await _written(client, "Chào bác.\n## giai-thich\n# Không phải đề mục")
    page = (await client.get(f"{PATH}/ban-moi")).text
    assert "Khác bản đang dùng ở 1 chỗ" in page, "headings are the file's"


def test_the_list_says_which_version_is_given(new_url: NewUrl, tmp_path: Path) -> None:
    url = new_url("sqlite")
    wiring = Wiring(Settings(_env_file=None, database_url=url, data_dir=tmp_path))
    wiring.migrate()
    database = Database(url)

    def publish(number: int) -> None:
        seen = database.read_now(lambda one: editions.open_one(one, "vneid"))
        assert seen
        wiring.database.write_now(lambda one: editions.submit(one, seen, f"abc{number}", 2))
        handed = database.read_now(lambda one: editions.open_one(one, "vneid"))
        assert handed
        wiring.database.write_now(
            lambda one: editions.decide(one, handed, editions.PUBLISHED, 1, 3)
        )

    for number in (1, 2):
        wiring.database.write_now(lambda one: editions.add(one, "vneid", "base", {}, 1))
        publish(number)
    database.close()
    environment = {"GOCUA_DATABASE_URL": url, "GOCUA_DATA_DIR": str(tmp_path)}
    shown = CliRunner().invoke(main, ["guides", "list"], env=environment).output
    assert re.search(r"vneid +abc2 +bản của địa phương", shown), "the newest of two"
    assert re.search(r"an-toan +\w{12} +bản gốc", shown)

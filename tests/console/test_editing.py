"""A guide in words of one's own: judged, compared, approved by another, given to later runs."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import httpx
from click.testing import CliRunner
from conftest import NewUrl
from sqlalchemy import func, select, update
from village import COMMUNE

from bot.cli import main
from bot.core.rights import Role
from bot.library import Library, to_json
from bot.settings import Settings
from bot.shelf import Shelf
from bot.wiring import Wiring
from storage import audit, editions
from storage.database import Database
from storage.rows import table
from storage.tables import ConversationState, Delivery, GuideEdition, InboxUpdate, Progress

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


async def test_a_draft_is_tried_as_a_chat_that_is_kept_nowhere(
    wiring: Wiring, client: httpx.AsyncClient, official: Official
) -> None:
    official(Role.CONTENT_AUTHOR)
    tried = f"{PATH}/thu"
    assert (await client.get(tried)).headers["location"] == f"{PATH}/ban-moi", "no draft"
    await _written(client)
    assert f'href="{tried}"' in (await client.get(f"{PATH}/ban-moi")).text

    def rows() -> list[int]:
        every = [table(one) for one in (ConversationState, Progress, InboxUpdate, Delivery)]
        many = [select(func.count()).select_from(one) for one in every]
        return wiring.database.read_now(lambda one: [one.execute(it).scalar_one() for it in many])

    before = rows()
    page = (await client.get(tried)).text
    assert "Bác cứ thong thả" in page
    assert "Không ghi lại" in page
    page = (await client.get(tried, params={"bam": ["bat-dau", "chua-duoc"]})).text
    assert "Bấm: <strong>" in page
    assert page.count('name="bam" value="bat-dau"') == 1
    walk = ["bat-dau", "chua-android", "gap-nguoi", "no-such-button", "bat-dau"]
    page = (await client.get(tried, params={"bam": walk})).text
    assert "máy báo cho tổ" in page
    assert "no-such-button" not in page
    assert rows() == before


async def test_what_a_release_says_anew_is_taken_up_in_one_go(
    wiring: Wiring, client: httpx.AsyncClient, official: Official
) -> None:
    """A safety line in a file the commune wrote in, and one in a file it did not."""
    news, take = f"{PATH}/goc-moi", f"{PATH}/sua/goc-moi"
    official(Role.CONTENT_AUTHOR, name="Thu")
    assert (await client.get(news)).headers["location"] == PATH, "no edition of ours"
    await _written(client)
    await client.post(f"{PATH}/ban-moi/gui-duyet")
    official(Role.APPROVER, name="Hùng")
    page = (await client.get(f"{PATH}/ban-moi")).text
    await client.post(f"{PATH}/ban-moi/duyet", data={"ban": _revision(page)})
    assert (await client.get(news)).headers["location"] == PATH, "nothing new"
    _older(wiring, intro="Lời cũ.", closing="Kết cũ.")
    assert f'href="{news}"' in (await client.get(PATH)).text
    assert "Lấy các chỗ này" not in (await client.get(news)).text, "an approver only looks"
    official(Role.CONTENT_AUTHOR, name="Thu")
    page = (await client.get(news)).text
    assert "đã đổi 1 chỗ" in page
    assert 'name="lay" value="mo-dau.md" checked' in page
    assert NEW in page
    taken = await client.post(take, data={"luc": "0", "lay": "mo-dau.md"})
    assert taken.headers["location"] == f"{PATH}/ban-moi?xong=bai-gui-duyet"
    seen = wiring.database.read_now(lambda one: editions.open_one(one, "vneid"))
    assert seen
    assert (seen.state, dict(seen.texts)) == (editions.SUBMITTED, {})
    late = await client.post(take, data={"luc": "0", "lay": "mo-dau.md"})
    assert late.status_code == 422
    assert "vừa đổi" in late.text
    official(Role.APPROVER, name="Hùng")
    page = (await client.get(f"{PATH}/ban-moi")).text
    await client.post(f"{PATH}/ban-moi/duyet", data={"ban": _revision(page)})
    shipped = next(one for one in wiring.library.every if one.id == "vneid")
    assert wiring.shelf.guides.current["vneid"].intro == shipped.intro
    assert (await client.get(news)).headers["location"] == PATH, "taken up"


async def test_words_of_ones_own_may_be_kept_against_a_release(
    wiring: Wiring, client: httpx.AsyncClient, official: Official
) -> None:
    official(Role.CONTENT_AUTHOR, name="Thu")
    await _written(client)
    await client.post(f"{PATH}/ban-moi/gui-duyet")
    official(Role.APPROVER, name="Hùng")
    page = (await client.get(f"{PATH}/ban-moi")).text
    await client.post(f"{PATH}/ban-moi/duyet", data={"ban": _revision(page)})
    _older(wiring, intro="Lời cũ.")
    official(Role.CONTENT_AUTHOR, name="Thu")
    same = await client.post(f"{PATH}/sua/goc-moi", data={"luc": "0"})
    assert same.status_code == 422
    assert "không có gì để duyệt" in same.text, "nothing was chosen and nothing else is new"
    assert wiring.database.read_now(lambda one: editions.open_one(one, "vneid")) is None


def _older(wiring: Wiring, **words: str) -> None:
    """The edition was written from a release that said this."""
    shipped = next(one for one in wiring.library.every if one.id == "vneid")
    old = replace(shipped, revision="old", **words)  # type: ignore[arg-type]
    shelf = wiring.shelf
    versions = {**shelf.guides.versions, ("vneid", "old"): old}
    shelf.guides = replace(shelf.guides, versions=versions)
    base = update(table(GuideEdition)).values(base="old")
    wiring.database.write_now(lambda one: one.execute(base))


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

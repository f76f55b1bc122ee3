"""The stand-in's groups: only the OA's own, each on its asset."""

import pytest

from .conftest import PERSON, Json, Oa

OTHER = "2460000000000000002"
TEXT = {"text": "Thông báo lịch cấp căn cước"}


@pytest.fixture
def founded(oa: Oa) -> tuple[Oa, str]:
    """A group made by the API."""
    asset = oa.zalo.people.buy_asset("gmf10").id
    oa.zalo.people.follow(PERSON)
    body = {"group_name": "Ấp 1", "asset_id": asset, "member_user_ids": [PERSON]}
    made = oa.post("group/creategroupwithoa", body)
    return oa, made["data"]["group_id"]


def _send(oa: Oa, group: str, message: object) -> int:
    answer = oa.post("group/message", {"recipient": {"group_id": group}, "message": message})
    code: int = answer["error"]
    return code


def test_groups_look_as_seen(founded: tuple[Oa, str], seen: Json) -> None:
    oa, group = founded
    page = oa.get("v3.0/oa/group/getgroupsofoa", offset="0", count="5")
    assert page["data"].keys() == seen["oa"]["getgroupsofoa_ok"]["data"].keys()
    sample = seen["oa"]["getgroupsofoa_ok"]["data"]["groups"][0]
    assert page["data"]["groups"][0].keys() == sample.keys()
    members = oa.get("v3.0/oa/group/listmember", group_id=group)
    assert members["data"].keys() == seen["oa"]["listmember_ok"]["data"].keys()
    assert [one.get("user_id") for one in members["data"]["members"]] == [None, PERSON]
    quota = oa.post("quota/group", {"quota_owner": "OA", "product_type": "gmf10"})
    assert quota["data"][0].keys() == seen["oa"]["quota_group_ok"]["data"][0].keys()
    assert quota["data"][0]["used_id"] == group
    whole = oa.get("v3.0/oa/group/getgroup", group_id=group)["data"]
    assert whole["group_info"]["max_member"] == 10
    answer = oa.post("group/message", {"recipient": {"group_id": group}, "message": TEXT})
    assert answer["data"].keys() == seen["oa"]["group_message_ok"]["data"].keys()


def test_what_a_group_takes(founded: tuple[Oa, str]) -> None:
    oa, group = founded
    oa.zalo.ahead = 30 * 24 * 3600
    oa.token = oa.zalo.oa.oauth.pair()["access_token"]
    buttons = [{"title": "A", "type": "oa.query.show", "payload": "a"}]
    element = {"media_type": "image", "url": "https://example.vn/a.png"}
    rich = {"type": "template", "payload": {"buttons": buttons}}
    image = {"type": "template", "payload": {"template_type": "media", "elements": [element]}}
    flat = {"type": "image", "payload": {"url": "https://example.vn/a.png"}}
    assert _send(oa, group, TEXT) == 0, "no window in groups"
    assert _send(oa, group, {"text": "Ảnh", "attachment": image}) == 0
    assert _send(oa, group, {"attachment": flat}) == -201
    assert _send(oa, group, {"text": "?", "attachment": rich}) == -233


def test_groups_that_take_nothing(founded: tuple[Oa, str]) -> None:
    oa, group = founded
    assert _send(oa, oa.zalo.people.ordinary_group("Xóm").id, TEXT) == -403
    assert _send(oa, "f414c8f76fa586fb0001", TEXT) == -403
    assert oa.post("group/message", {"message": TEXT})["error"] == -403
    oa.zalo.people.disable_group(group)
    assert _send(oa, group, TEXT) == -237
    fresh = oa.zalo.people.buy_asset().id
    assert oa.post("group/updateasset", {"group_id": group, "asset_id": fresh})["error"] == 0
    assert _send(oa, group, TEXT) == 0


def test_an_asset_makes_one_group(founded: tuple[Oa, str]) -> None:
    oa, group = founded
    asset = oa.zalo.oa.groups[group].asset
    body = {"group_name": "Ấp 2", "asset_id": asset, "member_user_ids": [PERSON]}
    assert oa.post("group/creategroupwithoa", body)["error"] == -238
    free = oa.zalo.people.buy_asset()
    free.disabled = True
    assert oa.post("group/creategroupwithoa", {**body, "asset_id": free.id})["error"] == -241
    free.disabled = False
    body["asset_id"] = free.id
    assert oa.post("group/creategroupwithoa", {**body, "group_name": ""})["error"] == -201
    assert oa.post("group/creategroupwithoa", {**body, "member_user_ids": []})["error"] == -201
    assert oa.post("group/delete", {"group_id": group})["error"] == 0
    assert oa.post("group/creategroupwithoa", {**body, "asset_id": asset})["error"] == 0


def test_who_comes_and_goes(founded: tuple[Oa, str]) -> None:
    oa, group = founded
    people = oa.zalo.people
    about = {"group_id": group, "member_user_ids": [OTHER]}
    people.user(OTHER)
    assert oa.post("group/invite", about)["error"] == -213
    people.ask_to_join(OTHER, group)
    pending = oa.get("v3.0/oa/group/listpendinginvite", group_id=group)["data"]["members"]
    assert [one["user_id"] for one in pending] == [OTHER]
    assert oa.post("group/acceptpendinginvite", about)["error"] == 0
    assert oa.post("group/acceptpendinginvite", about)["error"] == -201
    assert oa.post("group/addadmins", about)["error"] == 0
    assert oa.post("group/removeadmins", about)["error"] == 0
    assert oa.post("group/removemembers", about)["error"] == 0
    people.ask_to_join(OTHER, group)
    assert oa.post("group/rejectpendinginvite", about)["error"] == 0
    people.say(OTHER, "chào")
    assert oa.post("group/invite", about)["error"] == 0
    crowd = [people.user().id for _ in range(9)]
    for one in crowd:
        people.follow(one)
    wanted = {"group_id": group, "member_user_ids": crowd}
    assert oa.post("group/invite", wanted)["error"] == -210
    changed = {"group_id": group, "group_name": "Ấp Một"}
    assert oa.post("group/updateinfo", changed)["data"]["group_info"]["name"] == "Ấp Một"
    assert oa.get("v3.0/oa/group/listmember", group_id=group, count="x")["error"] == -201

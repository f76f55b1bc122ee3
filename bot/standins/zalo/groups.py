"""The OA's own groups (GMF): an asset makes one, only its members and the OA write there."""

from bot.standins.zalo.content import invalid
from bot.standins.zalo.model import Asset, Group, Json, RefusedError
from bot.standins.zalo.oa import WINDOW, OaCloud

_SIZES = {"gmf10": 10, "gmf50": 50, "gmf100": 100, "gmf1000": 1000}
_MOST_AT_ONCE = 99


def _group(oa: OaCloud, name: object) -> Group:
    found = oa.groups.get(str(name))
    if found is None or not found.owned:
        raise RefusedError(-403, "OA is not in group")
    return found


def _enabled(oa: OaCloud, params: Json) -> Group:
    found = _group(oa, params.get("group_id"))
    if not found.enabled:
        raise RefusedError(-237, "The group is disabled")
    return found


def send(oa: OaCloud, params: Json) -> Json:
    """POST /v3.0/oa/group/message: day and night, without the 7 days."""
    recipient = params.get("recipient")
    group = _enabled(oa, recipient if isinstance(recipient, dict) else {})
    found = oa.read(params)
    if found.kind == "list" or found.buttons:
        raise RefusedError(-233, "Message type is not supported")
    shown = oa.shown(found, oa.console.oa_id)
    group.messages[shown.id] = shown
    message = {"text": found.text} if found.text else {}
    post(
        oa,
        f"oa_send_group_{found.kind}",
        group,
        sender={"id": oa.console.oa_id},
        recipient={"id": group.id},
        message={**message, "msg_id": shown.id},
    )
    return {"message_id": shown.id, "group_id": group.id}


def post(oa: OaCloud, name: str, group: Group, **fields: object) -> None:
    oa.events.post(name, group.id, {"oa_id": oa.console.oa_id, **fields})


def changed(oa: OaCloud, name: str, group: Group, *users: str) -> None:
    """A lifecycle event; with the people it is about, if any."""
    about: Json = {"users": [{"id": one} for one in users]} if users else {}
    post(oa, name, group, group_id=group.id, **about)


def brief(group: Group) -> Json:
    return {
        "name": group.name,
        "avatar": "http://example.zdn.vn/default",
        "group_id": group.id,
        "group_link": f"https://zalo.me/g/{group.id[-9:]}",
        "group_description": group.description,
        "total_member": len(group.members) + 1,
        "status": "enabled" if group.enabled else "disabled",
    }


def _full(oa: OaCloud, group: Group) -> Json:
    asset = oa.assets[group.asset]
    info = {**brief(group), "max_member": _SIZES[asset.product], "auto_delete_date": ""}
    right = {
        "asset_type": asset.product,
        "asset_id": asset.id,
        "valid_through": "31/12/2026",
        "auto_renew": False,
    }
    setting = dict.fromkeys(
        ("lock_send_msg", "join_appr", "enable_msg_history", "enable_link_join"), False
    )
    return {"group_info": info, "asset_info": right, "group_setting": setting}


def _page(params: Json) -> tuple[int, int]:
    try:
        return int(params.get("offset", 0)), int(params.get("count", 5))
    except ValueError:
        raise invalid("offset") from None


def listed(oa: OaCloud, params: Json) -> Json:
    offset, count = _page(params)
    every = [brief(one) for one in oa.groups.values() if one.owned]
    found = every[offset : offset + count]
    return {
        "offset": offset,
        "count": count,
        "total": len(every),
        "group_count": len(found),
        "groups": found,
    }


def shown(oa: OaCloud, params: Json) -> Json:
    return _full(oa, _group(oa, params.get("group_id")))


def members(oa: OaCloud, params: Json) -> Json:
    group, (offset, count) = _group(oa, params.get("group_id")), _page(params)
    avatar = "https://example.zadn.vn/a.jpg"
    every: list[Json] = [{"oa_id": oa.console.oa_id, "name": oa.console.oa_name, "avatar": avatar}]
    every += [
        {"user_id": one, "name": oa.users[one].name, "avatar": avatar} for one in group.members
    ]
    found = every[offset : offset + count]
    return {
        "offset": offset,
        "count": count,
        "total": len(every),
        "member_count": len(found),
        "members": found,
    }


def _asset(oa: OaCloud, params: Json) -> Asset:
    asset = oa.assets.get(str(params.get("asset_id")))
    if asset is None or asset.used_by or asset.disabled:
        raise RefusedError(-241 if asset and asset.disabled else -238, "Asset can not be used")
    return asset


def _people(oa: OaCloud, params: Json) -> list[str]:
    found = params.get("member_user_ids")
    if not isinstance(found, list) or not 1 <= len(found) <= _MOST_AT_ONCE:
        raise invalid("member_user_ids")
    return [oa.user(one).id for one in found]


def _near(oa: OaCloud, people: list[str]) -> None:
    """Only followers and people of the last 7 days can be brought in."""
    for one in map(oa.user, people):
        if not one.follows and oa.clock() - one.last_interaction > WINDOW:
            raise RefusedError(-213, "User has not followed OA")


def create(oa: OaCloud, params: Json) -> Json:
    people, asset, name = _people(oa, params), _asset(oa, params), params.get("group_name")
    _near(oa, people)
    if not name:
        raise invalid("group_name")
    group = Group(
        oa.ids.hexadecimal(), str(name), asset.id, str(params.get("group_description", ""))
    )
    group.members, group.admins = people, people[:1]
    oa.groups[group.id], asset.used_by = group, group.id
    changed(oa, "create_group", group)
    return brief(group)


def update(oa: OaCloud, params: Json) -> Json:
    group = _enabled(oa, params)
    group.name = str(params.get("group_name", group.name))
    group.description = str(params.get("group_description", group.description))
    changed(oa, "update_group_info", group)
    return _full(oa, group)


def renew(oa: OaCloud, params: Json) -> Json:
    """Another asset for a group; a disabled group comes back to life."""
    group, asset = _group(oa, params.get("group_id")), _asset(oa, params)
    oa.assets[group.asset].used_by = ""
    group.asset, asset.used_by, group.enabled = asset.id, group.id, True
    return _full(oa, group)


def invite(oa: OaCloud, params: Json) -> Json:
    group, people = _enabled(oa, params), _people(oa, params)
    _near(oa, people)
    join(oa, group, *people)
    return {}


def join(oa: OaCloud, group: Group, *people: str) -> None:
    if len(group.members) + len(people) >= _SIZES[oa.assets[group.asset].product]:
        raise RefusedError(-210, "Group is full")
    group.members += [one for one in people if one not in group.members]
    changed(oa, "user_join_group", group, *people)


def pending(oa: OaCloud, params: Json) -> Json:
    group = _group(oa, params.get("group_id"))
    found = [{"user_id": one, "name": oa.users[one].name} for one in group.pending]
    return {"total": len(found), "members": found}


def accept(oa: OaCloud, params: Json) -> Json:
    group, people = _decided(oa, params)
    changed(oa, "accept_request_join_group", group, *people)
    join(oa, group, *people)
    return {}


def reject(oa: OaCloud, params: Json) -> Json:
    group, people = _decided(oa, params)
    changed(oa, "reject_request_join_group", group, *people)
    return {}


def _decided(oa: OaCloud, params: Json) -> tuple[Group, list[str]]:
    group, people = _enabled(oa, params), _people(oa, params)
    if not set(people) <= set(group.pending):
        raise invalid("member_user_ids")
    group.pending = [one for one in group.pending if one not in people]
    return group, people


def remove(oa: OaCloud, params: Json) -> Json:
    group, people = _enabled(oa, params), _people(oa, params)
    leave(oa, group, *people)
    return {}


def leave(oa: OaCloud, group: Group, *people: str) -> None:
    group.members = [one for one in group.members if one not in people]
    changed(oa, "user_out_group", group, *people)


def add_admins(oa: OaCloud, params: Json) -> Json:
    group, people = _enabled(oa, params), _people(oa, params)
    group.admins += people
    changed(oa, "add_group_admin", group, *people)
    return {}


def remove_admins(oa: OaCloud, params: Json) -> Json:
    group, people = _enabled(oa, params), _people(oa, params)
    group.admins = [one for one in group.admins if one not in people]
    changed(oa, "remove_group_admin", group, *people)
    return {}


def delete(oa: OaCloud, params: Json) -> Json:
    group = _group(oa, params.get("group_id"))
    changed(oa, "delete_group", group)
    del oa.groups[group.id]
    oa.assets[group.asset].used_by = ""
    return {}


def quota(oa: OaCloud, params: Json) -> list[Json]:
    """POST /v3.0/oa/quota/group"""
    wanted = {key: str(params[key]) for key in ("product_type", "quota_type") if key in params}
    return [
        {
            "product_type": one.product,
            "quota_type": one.quota,
            "asset_id": one.id,
            "valid_through": "31/12/2026",
            "auto_renew": False,
            "status": "used" if one.used_by else "available",
            "used_id": one.used_by,
        }
        for one in oa.assets.values()
        if wanted.items() <= {"product_type": one.product, "quota_type": one.quota}.items()
    ]

"""The stand-in's webhooks: bodies and signatures as seen, retries, doubles, other orders."""

import random

import orjson
import pytest
from phone import eventually
from zalo import Hook, Zalo

from bot.standins.zalo.events import compact, signature
from bot.standins.zalo.model import Console

from .conftest import PERSON, Json, Oa


@pytest.fixture
def joined(zalo: Zalo, hook: Hook) -> Zalo:
    """The webhook is saved and the app allowed."""
    zalo.oa.oauth.pair()
    assert zalo.save_webhook(hook.url)
    hook.heard.clear()
    return zalo


def _names(hook: Hook) -> list[str]:
    return [orjson.loads(one.body)["event_name"] for one in hook.heard]


def test_the_signature_is_the_one_that_was_seen(seen: Json) -> None:
    console, vector = Console(**seen["console"]), seen["signature"]
    raw = vector["raw"].encode()
    assert signature(console, raw, vector["timestamp"]) == vector["expected"]
    assert compact(orjson.loads(raw)) == raw


def test_bytes_are_signed_as_they_are_posted(joined: Zalo, hook: Hook) -> None:
    joined.people.say(PERSON, "Xin chào, tôi cần cài VNeID")
    eventually(lambda: len(hook.heard) == 1)
    posted = hook.heard[0]
    timestamp = orjson.loads(posted.body)["timestamp"]
    mac = signature(joined.oa.console, posted.body, timestamp)
    assert posted.headers["x-zevent-signature"] == mac
    assert "tôi".encode() in posted.body


def test_bodies_have_the_fields_that_were_seen(joined: Zalo, hook: Hook, seen: Json) -> None:
    people = joined.people
    message = people.say(PERSON, "chào")
    people.say(PERSON, "chào", quote=message)
    for kind in ("image", "location", "sticker", "gif", "audio", "video", "file", "link"):
        people.send(PERSON, kind)
    people.answer_by_hand(PERSON, "Dạ")
    people.see(PERSON)
    people.react(PERSON, message)
    people.follow(PERSON)
    people.unfollow(PERSON)
    people.chat_now("2460000000000000002")
    people.chat_now("2460000000000000002")
    people.submit_info(PERSON, {"name": "A", "phone": "84900000001"})
    people.tag(PERSON, "Ấp 1")
    people.withdraw(PERSON)
    group = people.found_group("Ấp 1", PERSON).id
    people.say_in_group(PERSON, group, "mấy giờ họp?")
    people.ask_to_join("2460000000000000003", group)
    people.join("2460000000000000003", group)
    people.leave("2460000000000000003", group)
    people.unknown_event()
    eventually(lambda: not joined.oa.mail.waiting)
    samples = {body["event_name"]: body for body in seen["events"].values()}
    samples["user_send_text"] = seen["events"]["user_send_text"]
    posted = [orjson.loads(one.body) for one in hook.heard]
    known = [one for one in posted if one["event_name"] in samples]
    assert len(posted) - len(known) == 1, "one event was unknown"
    assert _names(hook).count("user_click_chatnow") == 1
    for body in known:
        sample = samples[body["event_name"]]
        assert set(body) == set(sample), body["event_name"]
        if "message" in sample:
            assert set(body["message"]) >= set(sample["message"])


def test_a_send_is_told_of_and_received_and_seen(joined: Zalo, hook: Hook, oa: Oa) -> None:
    joined.people.say(PERSON, "chào")
    sent = oa.say({"text": "Chào bác"})["data"]["message_id"]
    joined.people.see(PERSON)
    joined.people.see(PERSON)
    eventually(lambda: len(hook.heard) == 4)
    bodies = [orjson.loads(one.body) for one in hook.heard[1:]]
    assert [one["event_name"] for one in bodies] == [
        "oa_send_text",
        "user_received_message",
        "user_seen_message",
    ]
    assert "admin_id" not in bodies[0]["sender"]
    assert (bodies[1]["message"]["msg_id"], bodies[2]["message"]["msg_ids"]) == (sent, [sent])
    joined.people.user(PERSON).receipts = False
    oa.say({"text": "Chào bác"})
    eventually(lambda: len(hook.heard) == 5)


def test_a_pressed_button_is_a_text(joined: Zalo, hook: Hook, oa: Oa) -> None:
    joined.people.say(PERSON, "chào")
    buttons = [
        {"title": "Xong", "type": "oa.query.show", "payload": "#1"},
        {"title": "Mở", "type": "oa.open.url", "payload": {"url": "https://vneid.gov.vn"}},
    ]
    payload = {"buttons": buttons}
    sent = oa.say({"text": "?", "attachment": {"type": "template", "payload": payload}})
    message = sent["data"]["message_id"]
    joined.people.press(PERSON, message, "Xong")
    assert joined.people.press(PERSON, message, "Mở") == ""
    eventually(lambda: _names(hook).count("user_send_text") == 2)
    assert orjson.loads(hook.heard[-1].body)["message"]["text"] == "#1"


def test_a_failed_call_comes_again_with_its_number(joined: Zalo, hook: Hook) -> None:
    hook.answers = [500, 503]
    joined.people.say(PERSON, "chào")
    eventually(lambda: len(hook.heard) == 3)
    assert [one.headers.get("num_retry") for one in hook.heard] == [None, "1", "2"]
    assert len({one.body for one in hook.heard}) == 1
    eventually(lambda: joined.oa.mail.accepted == 1)
    assert joined.oa.mail.misses == 2


def test_a_slow_answer_is_a_miss(hook: Hook) -> None:
    zalo = Zalo(patience=0.5).start()
    try:
        zalo.oa.oauth.pair()
        eventually(lambda: zalo.save_webhook(hook.url))
        hook.heard.clear()
        hook.slow = [30]
        zalo.people.say(PERSON, "chào")
        eventually(lambda: zalo.oa.mail.accepted == 1)
        assert zalo.oa.mail.misses >= 1
        assert [one.headers.get("num_retry") for one in hook.heard][:2] == [None, "1"]
    finally:
        zalo.stop()


def test_misses_may_also_be_lost(joined: Zalo, hook: Hook) -> None:
    joined.oa.mail.retry_misses = False
    hook.answers = [500]
    joined.people.say(PERSON, "chào")
    eventually(lambda: joined.oa.mail.misses == 1 and not joined.oa.mail.waiting)
    assert len(hook.heard) == 1
    assert joined.oa.mail.subscribed


def test_what_waits_outlives_a_stop(joined: Zalo, hook: Hook) -> None:
    joined.oa.mail.ladder = (10_000.0,)
    hook.stop()
    joined.people.say(PERSON, "chào")
    eventually(lambda: joined.oa.mail.misses == 1)
    joined.stop()
    assert len(joined.oa.mail.waiting) == 1
    hook.start()
    joined.start()
    eventually(lambda: joined.oa.mail.accepted == 1)


def test_the_ladder_ends_the_subscription(joined: Zalo, hook: Hook) -> None:
    joined.oa.mail.ladder = (1.0, 2.0)
    hook.stop()
    joined.people.say(PERSON, "chào")
    eventually(lambda: not joined.oa.mail.subscribed)
    hook.start()
    joined.people.say(PERSON, "có ai không?")
    assert not joined.oa.mail.waiting
    assert joined.save_webhook(hook.url)
    joined.people.say(PERSON, "chào lại")
    eventually(lambda: len(hook.heard) == 2)
    assert [one.body == b"{}" for one in hook.heard] == [True, False]


def test_doubles_and_bad_signatures(joined: Zalo, hook: Hook) -> None:
    faults = joined.oa.mail.faults
    faults.doubled, faults.wrong_signatures, faults.missing_signatures = 1, 1, 1
    for text in ("a", "b", "c"):
        joined.people.say(PERSON, text)
    eventually(lambda: len(hook.heard) == 4)
    macs = [one.headers.get("x-zevent-signature") for one in hook.heard]
    assert [macs.count(None), macs.count("mac=" + "0" * 64)] == [1, 1]


def test_another_order(joined: Zalo, hook: Hook) -> None:
    joined.oa.mail.hold()
    for text in "abcdef":
        joined.people.say(PERSON, text)
    assert not hook.heard
    joined.oa.mail.release(random.Random(3))
    eventually(lambda: len(hook.heard) == 6)
    said = [orjson.loads(one.body) for one in hook.heard]
    assert [one["message"]["text"] for one in said] != list("abcdef")
    said.sort(key=lambda one: int(one["timestamp"]))
    assert [one["message"]["text"] for one in said] == list("abcdef")


def test_saving_an_address_needs_an_answer(zalo: Zalo, hook: Hook) -> None:
    hook.answers = [403]
    assert not zalo.save_webhook(hook.url)
    assert zalo.save_webhook(hook.url)
    assert [one.body for one in hook.heard] == [b"{}", b"{}"]
    assert "x-zevent-signature" not in hook.heard[0].headers
    zalo.people.say(PERSON, "chào")
    assert not zalo.oa.mail.waiting, "without the app's right no events are sent"

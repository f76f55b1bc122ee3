"""Each guide finished over real HTTP: on Telegram, on both of Zalo's and in a browser."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from browsing import PHONE, Watched, press
from phone import Telegram, eventually
from playwright.sync_api import Browser
from service import Service
from walk import right_answer
from zalo import Zalo

from bot.channels.zalo_oa.words import plain
from bot.core.guide import Guide
from bot.library import Library

MOST_TURNS = 60
PERSON = 2460000000000000100
_TYPED = re.compile(r"^Gõ \d+: (.+)$", re.MULTILINE)


def _guides(library: Library) -> list[Guide]:
    return list(library.content().current.values())


@dataclass(frozen=True)
class Side:
    """A platform as its people see it. `offered` is empty while no question stands last."""

    offered: Callable[[str], list[str]]
    count: Callable[[str], int]
    answer: Callable[[str, str], object]


def _answer_all(side: Side, choices: Mapping[str, str]) -> None:
    """Everybody at once, and waits until everybody is asked the next thing."""
    known = {person: side.count(person) for person in choices}
    for person, choice in choices.items():
        side.answer(person, choice)
    eventually(lambda: all(side.count(one) > was for one, was in known.items()))
    eventually(lambda: all(map(side.offered, known)))


def _finish(side: Side, people: Mapping[str, Guide]) -> None:
    """From the consent to the end of each one's guide, doing everything right."""
    eventually(lambda: all(map(side.offered, people)))
    for first in ("dong-y", "khong"):
        _answer_all(side, dict.fromkeys(people, first))
    if waiting := {one: guide.id for one, guide in people.items() if guide.id in side.offered(one)}:
        _answer_all(side, waiting)
    for _ in range(MOST_TURNS):
        choices = {one: right_answer(side.offered(one), guide) for one, guide in people.items()}
        if not (walking := {one: choice for one, choice in choices.items() if choice}):
            return
        _answer_all(side, walking)
    raise AssertionError(choices)


def test_on_telegram(telegram: Telegram, tmp_path: Path, library: Library) -> None:
    service = telegram.service(tmp_path, f"sqlite:///{tmp_path}/gocua.db").start()
    telegram.hooked()
    people = {str(number): guide for number, guide in enumerate(_guides(library), 100)}

    def offered(person: str) -> list[str]:
        newest = telegram.from_bot(int(person))[-1:]
        return telegram.offered(int(person)) if newest and newest[0].buttons else []

    side = Side(
        offered,
        lambda person: len(telegram.from_bot(int(person))),
        lambda person, choice: telegram.press(int(person), choice),
    )
    for person, guide in people.items():
        telegram.people.say(int(person), f"/start {guide.id}")
    _finish(side, people)
    for person, guide in people.items():
        assert guide.closing in "\n".join(one.text for one in telegram.from_bot(int(person)))
    service.stop()


def test_on_the_zalo_oa(zalo: Zalo, tmp_path: Path, library: Library) -> None:
    service = zalo.oa_service(tmp_path, f"sqlite:///{tmp_path}/gocua.db").start()
    zalo.hooked(service)
    people = {str(PERSON + number): guide for number, guide in enumerate(_guides(library))}

    def offered(person: str) -> list[str]:
        newest = zalo.from_oa(person)[-1:]
        asked = newest and (newest[0].buttons or newest[0].elements[1:])
        return zalo.offered(person) if asked else []

    side = Side(offered, lambda person: len(zalo.from_oa(person)), zalo.press)
    for person in people:
        zalo.people.say(person, "chào")
    _finish(side, people)
    for person, guide in people.items():
        shown = zalo.from_oa(person)
        said = [one.text + str([part.get("subtitle") for part in one.elements]) for one in shown]
        assert plain(guide.closing).split("\n")[0] in "\n".join(said)
    service.stop()


def _labels(library: Library) -> dict[str, str]:
    """What each label stands for; the same label never means two things."""
    guides = library.content()
    known = {spoken.label: str(word) for word, spoken in guides.spoken.items()}
    for guide in guides.current.values():
        choices = [one for step in guide.steps for one in step.choices]
        answers = [one for question in guide.questions for one in question.answers]
        known |= {one.label: one.id for one in (*choices, *answers)}
    return known | {guide.button: guide.id for guide in guides.current.values()}


def test_on_the_zalo_bot(zalo: Zalo, tmp_path: Path, library: Library) -> None:
    service = zalo.service(tmp_path, f"sqlite:///{tmp_path}/gocua.db").start()
    eventually(lambda: bool(zalo.bot.mail.url))
    people = {f"{number:016x}": guide for number, guide in enumerate(_guides(library), 7)}
    labels = _labels(library)

    def offered(person: str) -> list[str]:
        said = [one for one in zalo.from_bot(person) if one.text][-1:]
        return [labels.get(one, one) for one in _TYPED.findall(said[0].text)] if said else []

    side = Side(
        offered,
        lambda person: len(zalo.from_bot(person)),
        lambda person, choice: zalo.bot_people.say(person, str(offered(person).index(choice) + 1)),
    )
    for person in people:
        zalo.bot_people.say(person, "chào")
    _finish(side, people)
    for person, guide in people.items():
        assert guide.closing in "\n".join(one.text for one in zalo.from_bot(person))
    service.stop()


@pytest.mark.browser
def test_in_a_browser(browser: Browser, service: Service, library: Library) -> None:
    for guide in _guides(library):
        context = browser.new_context(viewport=PHONE, locale="vi-VN")
        watched = Watched(context, service)
        page = watched.page
        page.goto(f"{service.base}/tro-chuyen?bai={guide.id}")
        page.get_by_role("button", name="Bắt đầu").click()
        page.wait_for_selector(".choices")
        for _ in range(MOST_TURNS):
            values = page.locator(".choices button").evaluate_all(
                "all => all.map(one => one.value)"
            )
            if not (choice := right_answer([one.split("|")[1] for one in values], guide)):
                break
            press(page, choice)
        assert guide.closing.split("\n")[0] in page.locator("#log").inner_text()
        context.close()
        assert watched.faults == []

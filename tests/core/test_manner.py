"""Speaking to each resident with the words they chose."""

import unicodedata
from dataclasses import replace

import pytest
from content import SMALL, Dialogue, with_small

from bot.core.events import GuideStarted
from bot.core.guide import Choice, Phrase
from bot.core.state import Conversation, Guides, from_plain, to_plain

SPOKEN = [
    ("Bác bấm nút giúp cháu.", "anh", "Anh bấm nút giúp em."),
    ("Bác bấm nút giúp cháu.", "co", "Cô bấm nút giúp cháu."),
    ("CHÁU CHÀO BÁC, bác ạ", "chi", "EM CHÀO CHỊ, chị ạ"),
    ("Bác nhờ con cháu đưa đi bác sĩ.", "ba", "Bà nhờ con cháu đưa đi bác sĩ."),
    ("Bác sĩ hẹn bác.", "ong", "Bác sĩ hẹn ông."),
    ("“Bác” và (cháu)", "anh", "“Anh” và (em)"),
    ("bácx xcháu", "anh", "bácx xcháu"),
    ("Bác ơi", "bac", "Bác ơi"),
    ("Bác ơi", "", "Bác ơi"),
    ("Bác ơi", "no-such", "Bác ơi"),
]
ASKED = [
    ("gọi tôi là cô", "co"),
    ("Gọi tôi là Cô nha cháu", "co"),
    ("goi toi la chu", "chu"),
    ("gọi anh", "anh"),
    ("dạ gọi chị thôi", ""),
    ("kêu bằng dì đi con", "di"),
    ("gọi bà", "ba"),
    ("gọi ông", "ong"),
    ("gọi bác", "bac"),
    ("tôi gọi anh cán bộ không được", ""),
    ("nó gọi tôi là bác rồi mượn tiền", ""),
    ("gọi tôi là một người bạn rất thân từ nhỏ", ""),
    ("bà", ""),
    ("", ""),
]


@pytest.mark.parametrize(("written", "manner", "said"), SPOKEN)
def test_said_with_the_chosen_words(written: str, manner: str, said: str, guides: Guides) -> None:
    assert guides.manners.say(written, manner) == said


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize(("typed", "manner"), ASKED)
def test_asked_for_by_typing(typed: str, manner: str, form: str, guides: Guides) -> None:
    text = unicodedata.normalize(form, typed)  # type: ignore[arg-type]
    assert guides.manners.chosen(text, guides.particles) == manner


def test_a_whole_conversation_is_held_in_the_chosen_words(guides: Guides) -> None:
    step = replace(SMALL.steps[0], text="Bác xem", choices=(Choice("a", "Máy của bác"),))
    guides = with_small(guides)
    guides = replace(
        guides, versions={("small", "r1"): replace(SMALL, steps=(step, *SMALL.steps[1:]))}
    )
    talk = Dialogue(guides).at_step()
    before = talk.state.run
    assert "Bước 1/3: Anh xem" in talk.types("gọi tôi là anh")
    assert "Dạ, em nhớ rồi anh ạ." in talk.types("gọi anh")
    assert talk.state.run == before
    said = talk.effects[-1].message  # type: ignore[union-attr]
    assert said.choices[0].label == "Máy của anh"
    assert "bác" not in talk.types("không hiểu gì").lower()
    assert talk.types("gọi bác").endswith("Bác xem")


def test_may_be_chosen_before_anything_else(guides: Guides) -> None:
    talk = Dialogue(with_small(guides))
    said = talk.types("gọi tôi là cô")
    assert "cô ạ" in said
    assert "Kính chào cô" in said
    assert talk.state.manner == "co"
    assert "Cô có đồng ý" in talk.happens(GuideStarted("small"))


def test_how_to_choose_is_told_when_asked(guides: Guides) -> None:
    talk = Dialogue(with_small(guides)).agree()
    assert guides.phrases[Phrase.MANNERS] in talk.types("xung ho")


def test_the_choice_is_kept_and_older_states_have_none() -> None:
    state = Conversation(manner="co")
    assert from_plain(to_plain(state)) == state
    plain = to_plain(state)
    del plain["manner"]
    assert from_plain(plain).manner == ""

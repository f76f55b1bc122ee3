"""The conversation, as dialogues."""

from dataclasses import replace
from hashlib import sha256

import pytest
from content import OTHER, SMALL, Dialogue, with_small

from bot.core.effects import (
    Acknowledge,
    CallTeam,
    Message,
    Outcome,
    Purpose,
    RecordConsent,
    RecordProgress,
    Say,
)
from bot.core.events import ChoiceMade, GuideStarted, MediaReceived, TextReceived
from bot.core.guide import Guide, Phrase
from bot.core.secrets import Secret
from bot.core.state import Conversation, Guides, Run, Waiting
from bot.core.turn import Turn


@pytest.fixture
def content(guides: Guides) -> Guides:
    return with_small(guides)


@pytest.fixture
def talk(content: Guides) -> Dialogue:
    return Dialogue(content)


def _progress(talk: Dialogue) -> list[tuple[str, Outcome]]:
    return [(one.item, one.outcome) for one in talk.effects if isinstance(one, RecordProgress)]


def _phrase(talk: Dialogue, phrase: Phrase) -> str:
    return talk.guides.phrases[phrase]


def test_first_says_what_it_is_and_asks_consent(talk: Dialogue) -> None:
    said = talk.types("xin chào")
    assert said == _phrase(talk, Phrase.WELCOME) + "\n" + _phrase(talk, Phrase.CONSENT)
    assert talk.offered() == ["dong-y", "khong"]


def test_silence_is_not_consent(talk: Dialogue) -> None:
    talk.types("xin chào")
    said = talk.types("bài khác")
    assert _phrase(talk, Phrase.CONSENT) in said
    assert not talk.state.consents
    assert talk.types("đồng ý", "để sau").endswith(_phrase(talk, Phrase.CONSENT_NEWS))
    assert talk.state.consents == ("guides",)


def test_consent_is_per_purpose_with_the_version_of_its_words(talk: Dialogue) -> None:
    talk.types("xin chào", "đồng ý")
    version = sha256(_phrase(talk, Phrase.CONSENT).encode()).hexdigest()[:12]
    assert RecordConsent(Purpose.GUIDES, True, version) in talk.effects
    talk.types("không")
    news = sha256(_phrase(talk, Phrase.CONSENT_NEWS).encode()).hexdigest()[:12]
    assert RecordConsent(Purpose.NEWS, False, news) in talk.effects
    assert talk.state.waiting_for is Waiting.MENU


def test_declining_keeps_nothing_and_may_be_undone(talk: Dialogue) -> None:
    talk.types("chào", "không")
    assert talk.state.waiting_for is Waiting.DECLINED
    assert talk.types("xong") == _phrase(talk, Phrase.DECLINED)
    assert talk.types("bắt đầu") == _phrase(talk, Phrase.CONSENT)


def test_a_guide_from_beginning_to_end(talk: Dialogue) -> None:
    talk.agree()
    assert talk.types("2") == OTHER.intro
    assert talk.types("bài khác", "small") == SMALL.intro
    assert "1/3" in talk.types("bắt đầu")
    assert _progress(talk) == [("", Outcome.STARTED)]
    assert talk.offered() == ["android", "iphone", "gap-nguoi"]
    assert "2/3" in talk.types("Android")
    assert _progress(talk) == [("which", Outcome.DONE)]
    assert talk.offered() == ["xong", "chua-duoc", "gap-nguoi"]
    assert "3/3" in talk.types("xong rồi cháu")
    assert "Which of 1?" in talk.types("ok")
    assert talk.offered() == ["good", "bad"]
    assert "Because 1." in talk.types("2")
    assert _progress(talk) == [("q1", Outcome.WRONG)]
    assert "Which of 2?" in talk.types("the good one")
    assert _progress(talk) == [("q1", Outcome.RIGHT)]
    assert "Well done" in talk.types("1")
    assert _progress(talk) == [("q2", Outcome.RIGHT), ("", Outcome.FINISHED)]
    assert talk.state.waiting_for is Waiting.MENU
    assert talk.state.run is None


def test_a_choice_may_jump_ahead(talk: Dialogue) -> None:
    assert "Open the other one" in talk.at_step().types("táo")


def test_a_picture_stands_with_its_step_only(talk: Dialogue) -> None:
    talk.at_step().types("quay lai", "android")
    said = [one.message for one in talk.effects if isinstance(one, Say)]
    assert said[-1].picture is not None
    talk.types("99")
    said = [one.message for one in talk.effects if isinstance(one, Say)]
    assert [message.picture is None for message in said] == [True, False]


def test_what_is_said_before_a_picture_shares_one_message(talk: Dialogue) -> None:
    talk.at_step().types("android")
    first, second = Turn(talk.state, talk.guides).say_first("a" * 100).say_first("b" * 100).end()[1]
    assert isinstance(first, Say)
    assert first.message == Message("a" * 100 + "\n\n" + "b" * 100)
    assert isinstance(second, Say)
    assert second.message.picture == SMALL.steps[1].picture


def _talking(content: Guides, **changes: object) -> Dialogue:
    step = replace(SMALL.steps[1], voice="small/play.mp3", **changes)  # type: ignore[arg-type]
    guide = replace(SMALL, steps=(SMALL.steps[0], step, SMALL.steps[2]))
    known = {("small", "r1"): guide}
    return Dialogue(replace(content, current={"small": guide}, versions=known))


def _last(talk: Dialogue) -> Message:
    return [one.message for one in talk.effects if isinstance(one, Say)][-1]


def test_a_recording_is_heard_on_request_in_place_of_the_picture(content: Guides) -> None:
    talk = _talking(content).at_step()
    talk.types("android")
    shown = _last(talk)
    assert (shown.voice, shown.picture) == ("small/play.mp3", SMALL.steps[1].picture)
    assert talk.offered() == ["xong", "chua-duoc", "gap-nguoi", "nghe"]
    for asked in ("4", "nghe", "đọc cho tôi nghe"):
        talk.types(asked)
        assert _last(talk) == replace(shown, picture=None, turn=talk.state.turn)
    talk.types("xem lại")
    assert _last(talk).picture == shown.picture


def test_without_a_picture_the_recording_needs_no_button(content: Guides) -> None:
    talk = _talking(content, picture=None).at_step()
    talk.types("android")
    assert _last(talk).voice == "small/play.mp3"
    assert talk.offered() == ["xong", "chua-duoc", "gap-nguoi"]


def test_a_step_without_a_recording_says_so(talk: Dialogue) -> None:
    assert _phrase(talk, Phrase.NO_VOICE) in talk.at_step().types("nghe đọc")


def test_trouble_gets_its_answer_and_then_a_person(talk: Dialogue) -> None:
    talk.at_step().types("android")
    assert talk.types("chưa được") == _phrase(talk, Phrase.STUCK)
    assert _progress(talk) == [("play", Outcome.STUCK)]
    assert talk.offered() == ["lost", "full", "viec-khac"]
    assert talk.types("2") == "Tidy"
    assert _progress(talk) == [("full", Outcome.TROUBLE)]
    assert talk.types("xem lại") == "Tidy"
    assert _phrase(talk, Phrase.TEAM_STUCK) in talk.types("ko dc")
    assert CallTeam("small", "play") in talk.effects
    assert talk.types("xong")
    assert talk.state.run == Run("small", "r1", "apple", ("which", "play"))


def test_other_troubles_go_to_a_person(talk: Dialogue) -> None:
    talk.at_step().types("android", "chưa được")
    assert _phrase(talk, Phrase.TEAM_CALLED) in talk.types("chuyện khác")
    assert CallTeam("small", "play") in talk.effects
    assert talk.state.waiting_for is Waiting.STEP


def test_trouble_list_takes_the_fixed_words_too(talk: Dialogue) -> None:
    talk.at_step().types("android", "chưa được")
    assert "3/3" in talk.types("xong")
    talk.types("quay lại", "chưa được")
    assert talk.types("quay lại").startswith("Bước 2/3")
    assert _phrase(talk, Phrase.TEAM_STUCK) in talk.types("chưa được")
    talk.types("chưa được")
    assert _phrase(talk, Phrase.TEAM_STUCK) in talk.types("chưa được")


def test_asking_for_a_person_in_the_trouble_list_leaves_it(talk: Dialogue) -> None:
    talk.at_step().types("android", "chưa được")
    assert _phrase(talk, Phrase.TEAM_CALLED) in talk.types("gặp người")
    assert talk.state.waiting_for is Waiting.STEP


def test_a_step_without_known_troubles(talk: Dialogue) -> None:
    talk.at_step().types("iphone")
    assert _phrase(talk, Phrase.STUCK_NO_LIST) in talk.types("chưa được")
    talk.types("chưa được")
    assert CallTeam("small", "apple") in talk.effects


def test_a_person_can_be_asked_for_anywhere(talk: Dialogue) -> None:
    talk.types("chào")
    for answer in ("đồng ý", "không", "1", "bắt đầu", "iphone", "xong", "1", "1", "dừng"):
        assert _phrase(talk, Phrase.TEAM_CALLED) in talk.types("gap nguoi")
        talk.types(answer)
    assert _phrase(talk, Phrase.TEAM_CALLED) in talk.types("gặp người")


def test_stuck_at_a_question_gives_a_hint(talk: Dialogue) -> None:
    talk.at_step().types("iphone", "xong")
    assert "Because 1." in talk.types("chưa được")
    assert talk.state.waiting_for is Waiting.QUESTION
    assert _phrase(talk, Phrase.NOT_UNDERSTOOD) in talk.types("xong")


def test_back_goes_where_one_came_from(talk: Dialogue) -> None:
    talk.at_step()
    assert _phrase(talk, Phrase.AT_FIRST) in talk.types("quay lại")
    assert "Which phone?" in talk.types("iphone", "quay lại")
    assert "Open the other one" in talk.types("iphone", "xong", "lùi")
    assert talk.state.run == Run("small", "r1", "apple", ("which",))


def test_back_from_a_trouble_answer_shows_the_step(talk: Dialogue) -> None:
    talk.at_step().types("android", "chưa được", "1")
    assert "2/3" in talk.types("quay lại")


def test_back_at_the_introduction_is_the_menu(talk: Dialogue) -> None:
    talk.agree().types("1")
    assert _phrase(talk, Phrase.MENU) in talk.types("quay lại")
    assert _phrase(talk, Phrase.MENU) in talk.types("quay lại")


def test_later_keeps_the_place_and_resume_returns_to_it(talk: Dialogue) -> None:
    talk.at_step().types("iphone")
    assert _phrase(talk, Phrase.PAUSED) in talk.types("để sau")
    assert talk.offered()[0] == "lam-tiep"
    assert "Open the other one" in talk.types("làm tiếp")
    assert talk.state.paused == ()
    assert talk.types("tiếp").startswith("Bước 2/2")


def test_later_and_resume_with_nothing_to_keep(talk: Dialogue) -> None:
    talk.agree()
    assert talk.types("để sau") == _phrase(talk, Phrase.MENU)
    assert _phrase(talk, Phrase.NOTHING_TO_RESUME) in talk.types("làm tiếp")


def test_several_paused_guides_are_kept_apart(talk: Dialogue) -> None:
    talk.at_step().types("iphone", "bài khác", "other", "bắt đầu", "android", "bài khác")
    assert [run.guide for run in talk.state.paused] == ["small", "other"]
    assert "Open the other one" in talk.types("small")
    talk.types("xong", "để sau")
    assert "Which of 1?" in talk.types("small")
    talk.types("để sau", "other")
    assert talk.state.run == Run("other", "r1", "play", ("which",))


def test_introduction_can_wait_and_come_back(talk: Dialogue) -> None:
    talk.agree().types("1", "để sau")
    assert talk.types("làm tiếp").endswith(SMALL.intro)


def test_stop_is_honoured_at_once_from_anywhere(talk: Dialogue) -> None:
    assert _phrase(talk, Phrase.STOPPED) in talk.types("DỪNG")
    assert talk.state.waiting_for is Waiting.STOPPED
    talk.types("bắt đầu", "đồng ý", "đồng ý", "1", "bắt đầu", "android")
    assert _phrase(talk, Phrase.STOPPED) in talk.types("dung")
    refused = [one.purpose for one in talk.effects if isinstance(one, RecordConsent)]
    assert refused == [Purpose.GUIDES, Purpose.NEWS]
    assert talk.state.consents == ()
    assert _phrase(talk, Phrase.STOPPED) not in talk.types("dừng")
    assert talk.types("xong") == _phrase(talk, Phrase.STILL_STOPPED)
    assert "Open Play" in talk.types("bắt đầu", "đồng ý", "không", "làm tiếp")


def test_a_link_waits_for_consent(talk: Dialogue) -> None:
    assert _phrase(talk, Phrase.CONSENT) in talk.happens(GuideStarted("other"))
    assert _phrase(talk, Phrase.CONSENT) in talk.happens(GuideStarted("other"))
    talk.types("đồng ý")
    assert _phrase(talk, Phrase.CONSENT_NEWS) in talk.happens(GuideStarted("other"))
    assert talk.types("không") == OTHER.intro


def test_a_link_to_the_guide_one_is_in_changes_nothing(talk: Dialogue) -> None:
    talk.at_step().types("android")
    before = talk.state.run
    assert "2/3" in talk.happens(GuideStarted("small"))
    assert "2/3" in talk.happens(GuideStarted(""))
    assert talk.state.run == before
    assert talk.happens(GuideStarted("other")) == OTHER.intro
    assert [run.guide for run in talk.state.paused] == ["small"]


def test_what_the_team_starts_says_from_whom_and_keeps_a_stop(talk: Dialogue) -> None:
    ours = GuideStarted("other", lead="From Dũng.")
    first = talk.happens(ours)
    assert first.index(_phrase(talk, Phrase.WELCOME)) < first.index("From Dũng.")
    talk.types("đồng ý", "không")
    assert talk.happens(ours).startswith("From Dũng.")
    talk.types("dừng")
    assert talk.happens(ours) == ""
    assert talk.state.waiting_for is Waiting.STOPPED
    assert _phrase(talk, Phrase.CONSENT) in talk.happens(GuideStarted("other"))
    talk.types("không")
    assert talk.happens(ours) == ""


def test_a_stop_before_consent_refuses_it(talk: Dialogue) -> None:
    talk.happens(GuideStarted("other", lead="From Dũng."))
    talk.types("dừng")
    refused = [one.granted for one in talk.effects if isinstance(one, RecordConsent)]
    assert refused == [False, False]


def test_an_unknown_link_opens_the_menu(talk: Dialogue) -> None:
    assert talk.agree().happens(GuideStarted("nope")) == _phrase(talk, Phrase.MENU)


def test_a_button_pressed_twice_counts_once(talk: Dialogue) -> None:
    talk.at_step()
    turn = talk.state.turn
    talk.happens(ChoiceMade("android", turn))
    after = talk.state
    assert talk.happens(ChoiceMade("android", turn)) == ""
    assert talk.effects == (Acknowledge(),)
    assert talk.state == after


def test_an_old_button_is_explained_and_changes_nothing(talk: Dialogue) -> None:
    talk.at_step().types("android", "xong")
    before = talk.state.run
    assert _phrase(talk, Phrase.OLD_BUTTON) in talk.happens(ChoiceMade("xong", 1))
    assert _phrase(talk, Phrase.OLD_BUTTON) in talk.happens(ChoiceMade("nonsense", 99))
    assert talk.state.run == before


def test_old_buttons_for_a_person_and_for_stopping_work(talk: Dialogue) -> None:
    talk.at_step()
    assert _phrase(talk, Phrase.TEAM_CALLED) in talk.happens(ChoiceMade("gap-nguoi", 0))
    assert _phrase(talk, Phrase.STOPPED) in talk.happens(ChoiceMade("dung", 0))


def test_a_button_in_a_chat_we_never_met(talk: Dialogue) -> None:
    assert _phrase(talk, Phrase.CONSENT) in talk.happens(ChoiceMade("xong", 7))


def test_pictures_and_recordings_are_refused_kindly(talk: Dialogue) -> None:
    said = talk.happens(MediaReceived("photo"))
    assert _phrase(talk, Phrase.MEDIA) in said
    assert _phrase(talk, Phrase.CONSENT) in said
    talk.types("đồng ý", "không")
    assert talk.happens(MediaReceived("photo")).endswith(_phrase(talk, Phrase.MENU))


def test_a_secret_is_warned_about_and_moves_nothing(talk: Dialogue) -> None:
    talk.at_step().types("android")
    before = talk.state.run
    said = talk.happens(TextReceived("xong •••", frozenset({Secret.CODE})))
    assert _phrase(talk, Phrase.SECRET) in said
    assert talk.state.run == before
    fresh = Dialogue(talk.guides)
    said = fresh.happens(TextReceived("•••", frozenset({Secret.NUMBER})))
    assert _phrase(talk, Phrase.CONSENT) in said


def test_a_run_ends_on_the_version_it_began_with(guides: Guides) -> None:
    older = replace(SMALL, revision="r0", closing="Old words")
    talk = Dialogue(with_small(guides, older))
    talk.agree()
    talk.state = Conversation(Waiting.STEP, Run("small", "r0", "apple"), consents=("guides",))
    assert "Old words" in talk.types("xong", "1", "1")


def test_a_vanished_version_asks_the_first_step_not_yet_done(talk: Dialogue) -> None:
    run = Run("small", "gone", "play", ("which",))
    talk.state = Conversation(Waiting.STEP, run, (Run("small", "gone"),), consents=("guides",))
    said = talk.types("xong")
    assert _phrase(talk, Phrase.UPDATED) in said
    assert talk.state.run == Run("small", "r1", "apple", ("which", "play"))
    assert talk.state.paused == ()


def test_a_vanished_step_or_question_of_a_known_version(talk: Dialogue) -> None:
    talk.state = Conversation(Waiting.STEP, Run("small", "r1", "no-such"))
    assert _phrase(talk, Phrase.UPDATED) in talk.types("xem lại")
    talk.state = Conversation(Waiting.QUESTION, Run("small", "r1", "no-such"))
    assert _phrase(talk, Phrase.UPDATED) in talk.types("xem lại")


def test_a_vanished_guide_opens_the_menu(talk: Dialogue) -> None:
    talk.state = Conversation(Waiting.STEP, Run("gone", "r1", "x"), consents=("guides",))
    assert _phrase(talk, Phrase.MENU) in talk.types("xem lại")
    talk.state = Conversation(Waiting.STEP, None)
    assert _phrase(talk, Phrase.MENU) in talk.types("xem lại")


def test_start_words_repeat_the_question_inside_a_guide(talk: Dialogue) -> None:
    assert talk.at_step().types("bắt đầu").startswith("Bước 1/3")


def test_introduction_says_for_whom_how_long_and_what_to_have(guides: Guides) -> None:
    before = Guide(
        "before", "r1", "Before", "Before", "First this", SMALL.steps, SMALL.questions, "Done"
    )
    needing = replace(
        SMALL, audience="all", minutes=7, needs=("a", "b"), requires=("before", "unknown")
    )
    known = {(one.id, one.revision): one for one in (needing, before)}
    current = {"small": needing, "before": before}
    talk = Dialogue(replace(guides, current=current, versions=known)).agree()
    said = talk.types("1")
    assert needing.intro in said
    assert "all" in said
    assert "7" in said
    assert "a, b" in said
    assert talk.offered() == ["bat-dau", "before", "de-sau"]
    talk.types("2")
    assert talk.state.run == Run("before", "r1")
    assert talk.types("bắt đầu", "android", "xong", "xong", "1", "1")
    assert talk.offered()[0] == "lam-tiep"


def test_an_overdue_guide_says_so_before_it_begins(guides: Guides) -> None:
    talk = Dialogue(replace(with_small(guides), expired=frozenset({"small"}))).agree()
    assert talk.types("1").startswith(_phrase(talk, Phrase.EXPIRED))
    assert _phrase(talk, Phrase.EXPIRED) not in talk.types("bài khác", "other")


def test_introduction_waits_for_a_beginning(talk: Dialogue) -> None:
    talk.agree().types("1")
    assert _phrase(talk, Phrase.NOT_UNDERSTOOD) in talk.types("99")

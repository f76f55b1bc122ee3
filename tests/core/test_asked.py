"""What residents write in their own words, as dialogues over the guides in use."""

from dataclasses import replace
from math import log

import pytest
from content import SMALL, Dialogue, with_small

from bot.core.effects import CallTeam, Outcome, RecordProgress, Say
from bot.core.events import ChoiceMade, GuideStarted, MediaReceived, TextReceived
from bot.core.features import BUCKETS
from bot.core.guide import Phrase, Word
from bot.core.intents import Model
from bot.core.secrets import Secret
from bot.core.state import Guides, Run, Waiting
from bot.core.troubles import likeliest
from bot.core.turn import LONGEST_MESSAGE
from bot.lexicon import read_understanding

FAKE = "Tai khoan VCB cua ban bi khoa, dang nhap http://vietcombank-xacminh.top de mo"
ALARM = CallTeam("an-toan", "ngung-lai")


@pytest.fixture
def talk(guides: Guides) -> Dialogue:
    return Dialogue(guides)


def _phrase(talk: Dialogue, phrase: Phrase) -> str:
    return talk.guides.phrases[phrase]


def _in_guide(talk: Dialogue, guide: str, *answers: str) -> Dialogue:
    talk.agree().happens(GuideStarted(guide))
    talk.types("bắt đầu", *answers)
    return talk


def _forwarded(talk: Dialogue, text: str) -> str:
    return talk.happens(TextReceived(text, forwarded=True))


def _seven_steps(talk: Dialogue, said: str) -> bool:
    first = [Phrase.LOSS, Phrase.LOSS_FIRST, Phrase.LOSS_THEN]
    places = [said.find(_phrase(talk, one)) for one in first]
    return ALARM in talk.effects and places[0] == 0 and places == sorted(places)


@pytest.mark.parametrize(
    "told",
    [
        "tui vua bi lua chuyen 20 trieu roi con oi",
        "Tôi bị lừa",
        "TÔI BỊ LỪA",
        "vừa chuyển tiền",
        "lỡ đọc mã otp cho nó rồi",
        "con ơi má lỡ cài cái app nó gửi, giờ điện thoại cứ nhảy lung tung",
        "nó rút sạch tiền trong thẻ của bác rồi",
        "mới bấm vô link lạ xong thấy sợ quá",
    ],
)
def test_who_was_just_cheated_gets_the_seven_steps_first(talk: Dialogue, told: str) -> None:
    said = talk.types(told)
    assert _seven_steps(talk, said)
    assert said.endswith(_phrase(talk, Phrase.CONSENT))
    assert all(
        len(one.message.text) <= LONGEST_MESSAGE for one in talk.effects if isinstance(one, Say)
    )
    assert "an-toan" in str(talk.types("đồng ý", "không") and talk.state.run)


@pytest.mark.parametrize(
    "said",
    [
        "sợ bị lừa quá con ơi",
        "làm sao để khỏi bị lừa",
        "vừa chuyển tiền cho con trai mà ngân hàng bên nó báo chưa nhận được",
        "mới cài vneid xong giờ làm gì nữa",
        "Công an khuyến cáo: nếu lỡ đọc mã OTP thì gọi ngân hàng ngay",
        "Dịch vụ lấy lại tiền cho người bị lừa, phí chỉ 500k",
    ],
)
def test_who_was_not_cheated_does_not(talk: Dialogue, said: str) -> None:
    assert _phrase(talk, Phrase.LOSS) not in talk.agree().types(said)
    assert ALARM not in talk.effects


def test_the_seven_steps_are_then_walked_one_by_one(talk: Dialogue) -> None:
    _in_guide(talk, "vneid", "android")
    assert _seven_steps(talk, talk.types("vừa chuyển tiền xong mới biết là lừa đảo"))
    assert [run.guide for run in talk.state.paused] == ["vneid"]
    assert (
        RecordProgress("an-toan", _revision(talk, "an-toan"), "", Outcome.STARTED) in talk.effects
    )
    assert talk.state.run
    assert talk.state.run.at == "ngung-lai"
    talk.types("xong")
    at = talk.state.run
    assert _seven_steps(talk, talk.types("tôi bị lừa mất tiền rồi"))
    assert talk.state.run == at


def _revision(talk: Dialogue, guide: str) -> str:
    return talk.guides.current[guide].revision


def test_a_loss_is_heard_late_and_beside_a_secret_too(talk: Dialogue) -> None:
    talk.agree()
    assert _seven_steps(talk, talk.happens(TextReceived("tôi bị lừa rồi", aside=True)))
    said = talk.happens(TextReceived("lỡ đọc mã ••• cho nó", frozenset({Secret.CODE})))
    assert said.startswith(_phrase(talk, Phrase.SECRET))
    assert ALARM in talk.effects
    talk.happens(TextReceived("tôi bị lừa rồi", aside=True, forwarded=True))
    assert ALARM not in talk.effects


def test_without_the_guide_the_seven_steps_are_said_all_the_same(guides: Guides) -> None:
    talk = Dialogue(with_small(guides)).at_step()
    before = talk.state.run
    assert _seven_steps(talk, talk.types("tôi vừa bị lừa mất tiền"))
    assert talk.state.run == before


def test_a_pasted_message_is_judged(talk: Dialogue) -> None:
    said = talk.agree().types(FAKE)
    assert _phrase(talk, Phrase.SCAM) in said
    assert "• Địa chỉ mượn tên" in said
    assert _phrase(talk, Phrase.SCAM_THEN) in said
    assert said.endswith(_phrase(talk, Phrase.MENU))


def test_a_message_is_judged_before_anything_was_agreed_to(talk: Dialogue) -> None:
    said = talk.types(FAKE)
    assert _phrase(talk, Phrase.SCAM) in said
    assert said.endswith(_phrase(talk, Phrase.CONSENT))
    assert not talk.state.consents


def test_a_long_answer_names_as_many_signs_as_one_message_takes(talk: Dialogue) -> None:
    talk.agree().types(
        f"{FAKE}. Chuyen ngay 5 trieu dat coc vao tai khoan nay, dung noi voi ai, "
        "doc ma otp cho em, cai teamviewer, vay tien nhanh, trung thuong xe SH, bam *21*0909123456#"
    )
    warned = next(one.message.text for one in talk.effects if isinstance(one, Say))
    assert warned.count("•") >= 3
    assert len(warned) <= LONGEST_MESSAGE


def test_what_was_forwarded_is_always_judged_and_never_obeyed(talk: Dialogue) -> None:
    _in_guide(talk, "vneid", "android")
    at = talk.state.run
    unknown, official = _phrase(talk, Phrase.SCAM_UNKNOWN), "dichvucong.gov.vn"
    assert unknown in _forwarded(
        talk, "Mai 8 giờ họp tổ dân phố ở nhà văn hóa, mời bà con mình đi cho đông đủ nhé"
    )
    assert f"Địa chỉ {official}" in _forwarded(talk, f"Mời vào https://{official} nộp hồ sơ")
    assert _phrase(talk, Phrase.SCAM_ASK) in _forwarded(talk, "dừng")
    assert _phrase(talk, Phrase.SCAM) in _forwarded(talk, FAKE)
    assert ALARM not in talk.effects
    assert talk.state.run == at


def test_a_question_about_a_message_asks_for_the_message(talk: Dialogue) -> None:
    asked = _phrase(talk, Phrase.SCAM_ASK)
    assert asked in talk.agree().types("tin này có phải lừa đảo không con")
    assert asked in talk.types("kiểm tra tin lạ")
    assert asked in Dialogue(talk.guides).types("kiểm tra tin lạ")


def test_a_message_with_a_masked_number_is_judged_as_well(talk: Dialogue) -> None:
    text = (
        "Anh chuyển khoản 2 triệu tiền cọc vào tài khoản này ••• gấp trong hôm nay để nhận quà nhé"
    )
    said = talk.agree().happens(TextReceived(text, frozenset({Secret.NUMBER})))
    assert said.startswith(_phrase(talk, Phrase.SECRET))
    assert _phrase(talk, Phrase.SCAM) in said
    said = talk.happens(TextReceived("•••", frozenset({Secret.NUMBER})))
    assert _phrase(talk, Phrase.SCAM) not in said


def test_a_contact_is_not_looked_at(talk: Dialogue) -> None:
    said = talk.agree().happens(MediaReceived("contact"))
    assert said == _phrase(talk, Phrase.CONTACT) + "\n\n" + _phrase(talk, Phrase.MENU)


def test_the_words_under_a_picture_are_heard(talk: Dialogue) -> None:
    said = talk.agree().happens(MediaReceived("photo", TextReceived("tôi bị lừa rồi")))
    assert said.startswith(_phrase(talk, Phrase.MEDIA))
    assert ALARM in talk.effects


def test_a_question_opens_its_guide(talk: Dialogue) -> None:
    assert talk.guides.current["vneid"].intro in talk.agree().types("làm sao cài vneid")
    assert talk.state.run == Run("vneid", _revision(talk, "vneid"))


def test_a_guide_called_by_its_name_goes_before_its_label(talk: Dialogue) -> None:
    talk.agree().types("toi muon tao chu ky so")
    assert talk.state.run == Run("chu-ky-so", _revision(talk, "chu-ky-so"))


def test_the_trouble_that_was_named_is_answered_at_once(talk: Dialogue) -> None:
    said = talk.agree().types("quên mật khẩu vneid rồi")
    assert said.startswith("Bác bấm “Quên mật khẩu”")
    assert talk.state.run == Run("vneid", _revision(talk, "vneid"))


def test_a_trouble_is_answered_inside_the_guide(talk: Dialogue) -> None:
    _in_guide(talk, "vneid", "da-cai", "làm rồi", "xong", "xong")
    assert talk.state.run
    assert talk.state.run.at == "nhap-ma"
    step = talk.guides.current["vneid"].step("nhap-ma")
    assert step
    assert talk.types("chờ hoài mà cái mã không về máy") == step.troubles[0].answer
    assert talk.state.run.trouble == "ma-khong-ve"
    said = talk.types("mà tôi quên mật khẩu rồi thì sao")
    assert said.startswith("Bác bấm “Quên mật khẩu”")
    assert step.text in said
    assert talk.state.run.trouble == ""


def test_stuck_in_other_words_opens_the_list_of_troubles(talk: Dialogue) -> None:
    _in_guide(talk, "vneid", "android")
    assert talk.types("làm hoài hổng ra gì hết con ơi") == _phrase(talk, Phrase.STUCK)
    _in_guide(Dialogue(talk.guides), "vneid")


def test_the_topic_of_the_guide_one_is_in_opens_its_troubles(talk: Dialogue) -> None:
    _in_guide(talk, "vneid", "android")
    assert talk.types("vneid của tôi nó cứ bị đứng hình") == _phrase(talk, Phrase.STUCK)


def test_another_topic_pauses_the_guide(talk: Dialogue) -> None:
    _in_guide(talk, "vneid", "android")
    said = talk.types("muốn đóng tiền điện trên điện thoại thì sao")
    assert _phrase(talk, Phrase.PAUSED) in said
    assert talk.guides.current["thanh-toan"].intro in said
    assert [run.guide for run in talk.state.paused] == ["vneid"]


def test_a_quiz_is_not_left_for_a_topic(talk: Dialogue) -> None:
    talk = Dialogue(with_small(talk.guides)).at_step()
    talk.types("iphone", "xong")
    said = talk.types("làm sao bán trái cây lên mạng")
    assert _phrase(talk, Phrase.NOT_UNDERSTOOD) in said
    assert talk.state.waiting_for is Waiting.QUESTION
    asked = "cho tôi nói chuyện với cán bộ nào đó đi"
    assert _phrase(talk, Phrase.TEAM_CALLED) in talk.types(asked)
    for share in (0.9, 0.5):
        _guessing(talk, other=share, khac=1 - share)
        assert _phrase(talk, Phrase.NOT_UNDERSTOOD) in talk.types("cái thẻ gì đó á")
    assert "Because 1." in talk.types("cái này khó quá à")


def test_own_answers_of_a_step_are_found_in_a_sentence(talk: Dialogue) -> None:
    _in_guide(talk, "vneid")
    talk.types("máy của tui là samsung")
    assert talk.state.run
    assert talk.state.run.at == "mo-ch-play"


def _guessing(talk: Dialogue, **shares: float) -> Dialogue:
    """As if every text had been learnt to be about these."""
    labels, nothing = tuple(shares), bytes(BUCKETS)
    rows, steps = (nothing,) * len(labels), (0.0,) * len(labels)
    model = Model(labels, nothing, rows, steps, tuple(map(log, shares.values())), 1.0)
    understanding = replace(talk.guides.understanding, model=model)
    talk.guides = replace(talk.guides, understanding=understanding)
    return talk


def _unsure(talk: Dialogue) -> Dialogue:
    _guessing(talk, **{"an-toan": 0.5, "khac": 0.3, "vneid": 0.2}).types("giờ sao con")
    return talk


def test_unsure_it_offers_the_two_likeliest_and_a_person(talk: Dialogue) -> None:
    said = _unsure(talk.agree()).effects[-1]
    assert isinstance(said, Say)
    assert said.message.text == _phrase(talk, Phrase.UNSURE)
    assert talk.offered() == ["an-toan", "bai-khac", "gap-nguoi"]
    talk.types("1")
    assert talk.state.run == Run("an-toan", _revision(talk, "an-toan"))
    _unsure(talk)
    assert talk.offered()[-1] == "lam-tiep"


@pytest.mark.parametrize(
    ("answer", "phrase"),
    [
        ("gap-nguoi", Phrase.TEAM_CALLED),
        ("bai-khac", Phrase.MENU),
        ("lam-tiep", Phrase.NOTHING_TO_RESUME),
    ],
)
def test_an_offer_is_answered_and_gone(talk: Dialogue, answer: str, phrase: Phrase) -> None:
    _unsure(talk.agree())
    said = talk.types(talk.guides.spoken[Word(answer)].label)
    assert _phrase(talk, phrase) in said
    assert (talk.state.waiting_for, talk.state.offered) == (Waiting.MENU, ())


def test_an_offer_leads_back_into_the_guide(talk: Dialogue) -> None:
    _in_guide(talk, "vneid", "android")
    step = talk.guides.current["vneid"].step("mo-ch-play")
    assert step
    for back in ("làm tiếp", "99", "lam tiep"):
        _unsure(talk)
        assert step.text in talk.types(back)
    _unsure(talk)
    assert talk.presses("an-toan")
    assert talk.state.run == Run("an-toan", _revision(talk, "an-toan"))


def test_a_doubtful_topic_does_not_take_one_out_of_a_guide(talk: Dialogue) -> None:
    _in_guide(talk, "vneid", "android")
    _guessing(talk, **{"dich-vu-cong": 0.65, "khac": 0.35}).types("giấy tờ này sao đây")
    assert talk.state.waiting_for is Waiting.OFFER
    assert talk.state.run
    assert talk.state.run.guide == "vneid"


def test_stopping_is_only_guessed_when_it_is_sure(talk: Dialogue) -> None:
    _guessing(talk.agree(), dung=0.7, khac=0.3).types("lung tung")
    assert talk.offered() == ["dung", "bai-khac", "gap-nguoi"]
    assert _phrase(talk, Phrase.STOPPED) in talk.types("2", "lung tung", "1")
    talk = Dialogue(replace(talk.guides, understanding=read_understanding())).agree()
    assert _phrase(talk, Phrase.STOPPED) in talk.types("nhắn hoài phiền quá đừng gởi tui nữa")


def test_small_talk_is_answered(talk: Dialogue) -> None:
    assert _phrase(talk, Phrase.SMALL_TALK) in talk.agree().types("cảm ơn con nhiều lắm nghen")


def test_stuck_without_a_guide_asks_where(talk: Dialogue) -> None:
    assert _phrase(talk, Phrase.STUCK_WHERE) in talk.agree().types("không được")
    assert _phrase(talk, Phrase.STUCK_WHERE) in talk.types("làm hoài mà nó hổng ra gì hết trơn")
    assert talk.types("vneid", "không được").startswith("Bác đang học bài VNeID.")


def test_deleting_ones_data_calls_a_person(talk: Dialogue) -> None:
    for told in ("xóa dữ liệu của tôi", "con xóa hết thông tin của bác khỏi máy dùm bác nghen"):
        assert _phrase(talk, Phrase.FORGET) in talk.types(told)
        assert CallTeam("", "xoa-du-lieu") in talk.effects


def test_before_consent_a_topic_is_remembered(talk: Dialogue) -> None:
    said = talk.types("chỉ tui nộp hồ sơ khai sinh trên mạng")
    assert said.startswith(_phrase(talk, Phrase.WELCOME))
    assert said.endswith(_phrase(talk, Phrase.CONSENT))
    talk.types("đồng ý", "không")
    assert talk.state.run == Run("dich-vu-cong", _revision(talk, "dich-vu-cong"))


def test_a_person_is_called_before_any_greeting(talk: Dialogue) -> None:
    assert _phrase(talk, Phrase.TEAM_CALLED) in talk.types("gặp người")
    assert CallTeam("", "") in talk.effects


def test_consent_is_not_guessed_from_a_sentence(talk: Dialogue) -> None:
    talk.types("xin chào")
    for text in ("có mất tiền không con", "chưa đồng ý đâu nha", "được cái gì vậy"):
        talk.types(text)
        assert talk.state.waiting_for is Waiting.CONSENT
    talk.types("bác đồng ý cho con ghi")
    assert talk.state.waiting_for is Waiting.NEWS


def test_after_refusing_and_stopping_a_question_asks_again(talk: Dialogue) -> None:
    for answer in ("không", "dừng"):
        talk.types("bắt đầu", answer)
        said = talk.types("muốn học bán hàng trên mạng")
        assert said.endswith(_phrase(talk, Phrase.CONSENT))
        assert talk.state.wanted == "ban-hang"


def test_an_offer_survives_being_stored_and_old_buttons(talk: Dialogue) -> None:
    _unsure(talk.agree())
    offered = talk.state.offered
    assert _phrase(talk, Phrase.OLD_BUTTON) in talk.happens(ChoiceMade("vneid", 1))
    assert talk.state.offered == offered


def test_late_words_change_nothing_else(talk: Dialogue) -> None:
    _in_guide(talk, "vneid", "android")
    assert talk.happens(TextReceived("làm sao cài vneid", aside=True)) == ""
    assert _phrase(talk, Phrase.TEAM_CALLED) in talk.happens(TextReceived("gap nguoi", aside=True))


def test_a_guide_without_troubles_is_opened_without_an_answer(guides: Guides) -> None:
    named = replace(SMALL, called=("ô cửa nhỏ",))
    known = {("small", "r1"): named}
    talk = Dialogue(replace(guides, current={"small": named}, versions=known)).agree()
    _guessing(talk, **{"chua-duoc": 0.4, "khac": 0.3, "vneid": 0.3})
    assert talk.types("chỉ tôi cái bài ô cửa nhỏ với con ơi") == SMALL.intro


@pytest.mark.parametrize(
    ("guide", "said", "trouble"),
    [
        ("vneid", "tui hổng nhớ mật khẩu nữa", "quen-mat-khau"),
        ("vneid", "tải hoài mà nó đòi mật khẩu gì á", "hoi-mat-khau"),
        ("vneid", "hai vợ chồng xài chung 1 số điện thoại", "chung-so"),
        (
            "dich-vu-cong",
            "nop le phi online bi tru tien ma ho so van bao chua nop",
            "bi-tru-tien",
        ),
        ("thanh-toan", "chuyen tien lon so roi", "chuyen-nham"),
        ("thanh-toan", "quét mã hoài không ra", "khong-nhan-ma"),
        ("ban-hang", "bán ít vậy có đóng thuế không con", "phai-nop-thue"),
        ("vneid", "làm sao cài vneid", ""),
        ("vneid", "vneid là gì vậy", ""),
        ("thanh-toan", "tui muốn gửi tiền cho con", ""),
        ("ban-hang", "muốn học bán hàng trên mạng", ""),
    ],
)
def test_a_trouble_is_known_by_other_words(
    guide: str, said: str, trouble: str, guides: Guides
) -> None:
    found = guides.current[guide]
    match = likeliest(said, found, [step.id for step in found.steps], guides)
    assert (match.trouble.id if match else "") == trouble

"""The scam check: measured on messages it was not made from, and its rules one by one."""

import unicodedata

import pytest
from rapidfuzz import fuzz, process

from bot.core.hosts import Link, Odd, is_official, links, oddities
from bot.core.scam import Check, Verdict, check
from bot.core.text import bare
from bot.lexicon import UNDERSTANDING
from bot.scam_files import read_scams
from training.material import SCAM, read
from training.measure import MESSAGES, scam_shares

SCAMS = read_scams()
TUNED = list(read(UNDERSTANDING / "messages.txt"))
TESTED = [one for path in MESSAGES for one in read(path)]
_NEAR = 88


def _check(text: str) -> Check:
    return check(text, SCAMS)


@pytest.mark.parametrize("path", MESSAGES, ids=lambda path: path.stem)
def test_the_goals_on_messages_never_tuned_on(path: object) -> None:
    recall, alarms, official = scam_shares(list(read(path)))  # type: ignore[arg-type]
    assert recall >= 0.95
    assert alarms <= 0.15
    assert official == 0


def test_there_are_enough_messages_and_the_halves_are_apart() -> None:
    for wanted in (True, False):
        assert sum((one.label == SCAM) is wanted for one in TUNED + TESTED) >= 400
        assert sum((one.label == SCAM) is wanted for one in TESTED) >= 200
    for one in TESTED:
        tuned = [bare(other.text) for other in TUNED if other.label == one.label]
        nearest = process.extractOne(bare(one.text), tuned, scorer=fuzz.ratio)
        assert nearest[1] < _NEAR, (one.text, nearest[0])


def test_no_scam_is_ever_called_official() -> None:
    for one in TUNED + TESTED:
        if one.label == SCAM:
            for text in (one.text, one.text.upper()):
                assert _check(text).verdict != Verdict.OFFICIAL, text


@pytest.mark.parametrize(
    ("link", "odd"),
    [
        ("http://gplx-gov.vn", Odd.POSING),
        ("cucgplxgov.vn", Odd.POSING),
        ("https://vneid.gov.vn.xac-nhan.com", Odd.POSING),
        ("dichvucong.gov-vn.com", Odd.POSING),
        ("www.vneid-capnhat.com", Odd.BRAND),
        ("https://vietc0mbank.com", Odd.BRAND),
        ("https://vietcombannk.com", Odd.BRAND),
        ("evn-thanhtoan.com", Odd.BRAND),
        ("https://xn--vnid-2ua.com", Odd.LETTERS),
        ("https://viêtcombank.com.vn", Odd.LETTERS),
        ("https://vneіd.gov.vn", Odd.LETTERS),
        ("http://203.113.9.5/a", Odd.NUMBERS),
        ("203.113.9.5/a", Odd.NUMBERS),
        ("http://3232235777/a", Odd.NUMBERS),
        ("http://0x7f000001/a", Odd.NUMBERS),
        ("0xA9FE1234/hotro", Odd.NUMBERS),
        ("https://dichvucong.gov.vn@a-b.com/x", Odd.USER),
        ("https://vneid.gov.vn:80.a-b.com/", Odd.USER),
        ("https://example.com:8443/a", Odd.PORT),
        ("bit.ly/abc", Odd.SHORT),
        ("https://vneid.vn.aptoide.com", Odd.STORE),
        ("https://sites.google.com/view/quatang", Odd.FREE),
        ("https://example.top", Odd.ENDING),
        ("https://nhanqua-tet.com", Odd.BAIT),
        ("https://example.com/a/VNeID.apk", Odd.APK),
        ("https://example.com", Odd.UNLISTED),
    ],
)
def test_what_is_odd_about_a_link(link: str, odd: Odd) -> None:
    (found,) = links(link, SCAMS.hosts)
    assert odd in oddities(found, SCAMS.hosts)
    assert not is_official(found.host, SCAMS.hosts)


@pytest.mark.parametrize(
    "link",
    [
        "https://vneid.gov.vn",
        "HTTPS://DICHVUCONG.GOV.VN/p/home",
        "longthanh.dongnai.gov.vn.",
        "https://gov.vn:443/",
        "www.bidv.com.vn?a=1",
        "https://zalo.me/0912",
    ],
)
def test_nothing_is_odd_about_a_listed_host(link: str) -> None:
    (found,) = links(link, SCAMS.hosts)
    assert oddities(found, SCAMS.hosts) == []


@pytest.mark.parametrize(
    "text",
    [
        "xong rồi.con làm tiếp",
        "cảm ơn.me",
        "lan.nguyen@gmail.com",
        "lan@gmail.com",
        "1.500.000đ ngày 24.11.2026",
        "phiên bản 2.3.1.4",
        "tp.hcm",
        "0.0.0.1",
        "http://",
        "v.v...",
    ],
)
def test_what_is_no_link(text: str) -> None:
    assert links(text, SCAMS.hosts) == []


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("vneid[.]capnhat[.]top", "vneid.capnhat.top"),
        ("dichvucong(.)capnhat (dot) site", "dichvucong.capnhat.site"),
        ("vneid . gov . vn . capnhat . top", "vneid.gov.vn.capnhat.top"),
        ("vneid-moi chấm online", "vneid-moi.online"),
        ("VNEID-MOI DOT TOP", "vneid-moi.top"),
        ("h t t p s : / / v n 1 . c o m", "vn1.com"),
        ("hxxps://vneid-moi.com/a", "vneid-moi.com"),
        ("vneid\u200b-moi.top", "vneid-moi.top"),
        ("ｖｎｅｉｄ－ｍｏｉ．ｔｏｐ", "vneid-moi.top"),
    ],
)
def test_hidden_hosts_are_read(text: str, host: str) -> None:
    assert [link.host for link in _check(f"vao {text}").links] == [host]


def test_a_full_stop_between_words_makes_no_host() -> None:
    assert _check("em chào anh . mai em gửi").links == ()
    assert _check("tới chấm công").links == ()


@pytest.mark.parametrize(
    "text",
    [
        "đọc mã OTP cho em",
        "đọc mã 0TP cho em",
        "doc ma o t p cho em",
        "đọc mã O.T.P cho em",
        "đọc m.ã otp cho em",
        "ĐỌC MÃ OTP CHO EM",
        unicodedata.normalize("NFD", "đọc mã otp cho em"),
        "doc ma otp cho em",
        "bác bật Trợ năng lên giùm cháu",
        "cô cài TeamViewer rồi đọc số cho em",
        "đừng nói với ai nhé, chuyển tiền vào tài khoản này",
        "bấm *21*0909123456# để nhận ưu đãi",
        "mở tệp thiepcuoi.apk xem nha",
        "Vietcombank: tai khoan cua quy khach bi khoa, dang nhap https://vietcombank.com.vn",
    ],
)
def test_demands_are_scams_without_any_foreign_link(text: str) -> None:
    assert _check(text).verdict == Verdict.SCAM


@pytest.mark.parametrize(
    "text",
    [
        "Mã OTP của quý khách là •••. Không cung cấp OTP cho bất kỳ ai.",
        "KHONG CUNG CAP OTP CHO BAT KY AI",
        "Công an khuyến cáo: kẻ gian hay kêu đọc mã OTP, chuyển khoản gấp.",
        "Mời ông lên công an phường làm căn cước trong giờ hành chính",
        "con chuyển khoản tiền ăn cho ngoại rồi",
        "https://vnexpress.net/tin-tuc",
        "chào bác",
        "",
    ],
)
def test_genuine_talk_is_unknown(text: str) -> None:
    assert _check(text).verdict == Verdict.UNKNOWN


def test_official_needs_all_links_official_and_no_sign() -> None:
    assert _check("https://vneid.gov.vn").verdict == Verdict.OFFICIAL
    assert _check("Tải ứng dụng tại https://play.google.com/store").verdict == Verdict.OFFICIAL
    mixed = _check("https://vneid.gov.vn https://vnexpress.net")
    assert mixed.verdict == Verdict.UNKNOWN
    assert mixed.official == (Link("vneid.gov.vn", ""),)
    quoted = _check("vào https://dichvucong.gov.vn rồi đọc mã OTP cho em")
    assert quoted.verdict == Verdict.SCAM


def test_a_denial_ends_where_the_speaker_resumes() -> None:
    assert _check("không phải lừa đâu, cứ đọc mã otp cho em").verdict == Verdict.SCAM
    assert _check("không đọc mã otp cho ai").verdict == Verdict.UNKNOWN


def test_an_appointment_weighs_less_than_a_demand() -> None:
    paid = "nộp tiền phạt vào số tài khoản kho bạc"
    assert _check(f"{paid} tại quầy").verdict == Verdict.UNKNOWN


def test_each_kind_of_link_has_its_sentence() -> None:
    assert set(SCAMS.odd) == set(Odd)
    ids = [sign.id for sign in SCAMS.signs]
    assert len(ids) == len(set(ids))

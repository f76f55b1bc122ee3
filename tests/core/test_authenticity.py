"""A notice among others, changed in a thousand ways: what matters is caught, what does not is
forgiven."""

import random
import re
import unicodedata

import pytest

from bot.core.announcement import Kind
from bot.core.authenticity import Answer, Finding, Original, check
from bot.core.text import bare

NOTICE = """📢 THÔNG BÁO số 12 (24/11/2026) – UBND phường Long Thành
Kính gửi bà con khu phố Cầu Xéo và Phước Hải,
Ủy ban nhân dân phường tổ chức thu hồ sơ cấp đổi sổ hộ nghèo từ 7 giờ 30 đến 16 giờ 30, \
ngày 08/12/2026, tại hội trường số 45 đường Trường Chinh.
Lệ phí: 25.000 đồng một hồ sơ, giảm 1,5 lần cho người cao tuổi. Bà con nộp trực tiếp, hoặc chuyển \
khoản vào tài khoản 0671004123456 của Kho bạc Nhà nước (Vietcombank).
Hỏi thêm: cô Lan 0903 123 456, hoặc 0251.3844.115; trang \
https://longthanh.dongnai.gov.vn/thong-bao?id=77 và thư ubnd@dongnai.gov.vn.
Phường không bao giờ hỏi mã OTP, mật khẩu, không thu tiền qua điện thoại.
Kiểm tra tin này: gocua.dongnai.gov.vn/tb/K7M2QX (mã K7M2QX)"""
OTHER = """📢 THÔNG BÁO số 11 (20/11/2026) – UBND phường Long Thành
Điện lực tạm ngừng cấp điện khu phố Cầu Xéo từ 8 giờ đến 11 giờ ngày 22/11/2026 để thay dây.
Bà con tắt thiết bị điện trước giờ cắt. Hỏi thêm: 19001006.
Kiểm tra tin này: gocua.dongnai.gov.vn/tb/P3WZ8C (mã P3WZ8C)"""
OURS = Original("12", "K7M2QX", "24/11/2026", NOTICE)
ELSE = Original("11", "P3WZ8C", "20/11/2026", OTHER)
ALL = (OURS, ELSE)
_ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_LINKS = ("longthanh.dongnai.gov.vn/thong-bao?id=77", "ubnd@dongnai.gov.vn",
          "gocua.dongnai.gov.vn/tb/K7M2QX")  # fmt: skip


def _find(text: str, originals: tuple[Original, ...] = ALL) -> Finding:
    return check(text, originals).finding


def _digit(source: random.Random, text: str) -> str:
    """One digit becomes another, is doubled or is lost."""
    place = source.choice([one for one, sign in enumerate(text) if sign.isdigit()])
    other = source.choice([one for one in "0123456789" if one != text[place]])
    swap = source.choice([other, other, text[place] + other, ""])
    return text[:place] + swap + text[place + 1 :]


def _link(source: random.Random, text: str) -> str:
    """One sign of a link changes: a letter, a dot, a stroke, or a look-alike letter."""
    start = text.index(link := source.choice(_LINKS))
    place = start + source.randrange(len(link))
    pool = [one for one in "abcdxyz-o.е" if one != text[place].casefold()]
    return text[:place] + source.choice(pool) + text[place + 1 :]


def _swap(source: random.Random, text: str) -> str:
    """Two different neighbouring digits change places."""
    places = [
        one.start() for one in re.finditer(r"(?=(\d)(\d))", text) if one.group(1) != one.group(2)
    ]
    place = source.choice(places)
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def _account(source: random.Random, text: str) -> str:
    fresh = "".join(source.choice("0123456789") for _ in range(13))
    old = source.choice(["0671004123456", "0903 123 456", "0251.3844.115"])
    return text.replace(old, fresh)


def _added(source: random.Random, text: str) -> str:
    more = source.choice(["Hoặc chuyển vào 19033445566.", "Xem bit.ly/3xYz", "Zalo 0912345678"])
    lines = text.split("\n")
    lines.insert(source.randrange(len(lines) + 1), more)
    return "\n".join(lines)


DANGEROUS = (_digit, _digit, _link, _link, _swap, _account, _added)


def _bare(_: random.Random, text: str) -> str:
    return "".join(bare(one) if one.islower() else bare(one).upper() for one in text)


def _nfd(_: random.Random, text: str) -> str:
    return unicodedata.normalize("NFD", text)


def _zero_width(source: random.Random, text: str) -> str:
    signs = list(text)
    for _ in range(source.randrange(1, 30)):
        signs.insert(source.randrange(len(signs)), source.choice(_ZERO_WIDTH))
    return "".join(signs)


def _spaces(source: random.Random, text: str) -> str:
    return re.sub(r"\s", lambda _: source.choice([" ", "  ", "\n", "\n\n", "\t", "\u00a0"]), text)


def _no_breaks(_: random.Random, text: str) -> str:
    return text.replace("\n", " ")


def _punctuation(source: random.Random, text: str) -> str:
    """Marks between words are left out or become others; those inside links stay."""
    swap = source.choice(["", " ", ";", " – "])
    return re.sub(r"[,.;:!?–](?=\s)", swap, text)


def _cut(source: random.Random, text: str) -> str:
    """Some words at either end are missing, never in the middle of a number or link."""
    words = list(re.finditer(r"\S+", text))
    first = source.randrange(len(words) // 3)
    last = source.randrange(len(words) // 2, len(words))
    kept = text[words[first].start() : words[last].end()]
    around = text[words[max(first - 1, 0)].start() : words[min(last + 1, len(words) - 1)].end()]
    split = re.search(r"\d[ .,\-/:]*$", kept) and around[len(kept) :].strip()[:1].isdigit()
    return text if split or re.match(r"\d", kept) else kept


def _no_emoji(_: random.Random, text: str) -> str:
    return "".join(sign for sign in text if unicodedata.category(sign) != "So")


HARMLESS = (_bare, _nfd, _zero_width, _spaces, _no_breaks, _punctuation, _cut, _no_emoji)


def test_every_changed_digit_account_phone_or_link_is_caught() -> None:
    source = random.Random(24)
    missed = []
    for turn in range(1000):
        changed = DANGEROUS[turn % len(DANGEROUS)](source, NOTICE)
        for disguise in (*source.sample([_bare, _nfd, _zero_width, _no_breaks], turn % 3),):
            changed = disguise(source, changed)
        if _find(changed) is not Finding.DIFFERENT:
            missed.append(changed)
    assert missed == []


def test_harmless_changes_do_not_hide_a_notice() -> None:
    source = random.Random(11)
    missed = []
    for _ in range(500):
        changed = NOTICE
        for change in source.sample(HARMLESS, source.randrange(1, 4)):
            changed = change(source, changed)
        if _find(changed) is not Finding.TRUE:
            missed.append(changed)
    assert len(missed) <= 0.02 * 500, missed[:3]


@pytest.mark.parametrize(
    ("later", "finding"),
    [
        (None, Finding.TRUE),
        ((Kind.UPDATE, "13"), Finding.CORRECTED),
        ((Kind.CANCEL, "13"), Finding.WITHDRAWN),
    ],
)
def test_what_became_of_a_notice_is_said(later: tuple[Kind, str] | None, finding: Finding) -> None:
    original = Original("12", "K7M2QX", "24/11/2026", NOTICE, later)
    assert _find(NOTICE, (original,)) is finding
    assert _find("cho hỏi K7M2QX", (original,)) is finding


def test_a_part_is_said_to_be_a_part() -> None:
    assert check(NOTICE, ALL) == Answer(Finding.TRUE, OURS)
    part = "\n".join(NOTICE.splitlines()[1:4])
    assert check(part, ALL) == Answer(Finding.TRUE, OURS, part=True)


def test_the_first_difference_is_shown() -> None:
    found = check(NOTICE.replace("16 giờ 30", "15 giờ 30"), ALL)
    assert (found.original, found.ours, found.theirs) == (OURS, "16", "15")
    cut = check(NOTICE[: NOTICE.index("4123456 của")], ALL)
    assert (cut.finding, cut.theirs) == (Finding.DIFFERENT, "067100")
    begun = check(NOTICE[NOTICE.index("903 123") :], ALL)
    assert (begun.finding, begun.theirs) == (Finding.DIFFERENT, "903 123 456")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("1,5 lần", "15 lần"),
        ("không thu tiền", "khống thu tiền"),
        ("gocua.dongnai.gov.vn/tb", "gocua-dongnai.gov.vn/tb"),
        ("/tb/K7M2QX (", "/tb/k7m2qx ("),
        ("hộ nghèo từ", "hộ.nghèo.com từ"),
        ("người cao tuổi", "người c.ao.vn tuổi"),
        ("của Kho bạc", "của Kho bac.top"),
        ("Kho bạc", "Kho̶ bạc Nhà"),
        ("tại hội", "@tại hội"),
    ],
)
def test_punctuation_that_counts(old: str, new: str) -> None:
    changed = NOTICE.replace(old, new)
    assert changed != NOTICE
    assert _find(changed) is (Finding.TRUE if new == "@tại hội" else Finding.DIFFERENT)


def test_words_made_into_a_link_are_seen() -> None:
    original = Original(
        "1", "K7M2QX", "d", "Bà con mua ở cửa hàng tap hoa com tấm Cầu Xéo mỗi ngày"
    )
    assert _find(original.text, (original,)) is Finding.TRUE
    assert _find(original.text.replace("hoa com", "hoa.com"), (original,)) is Finding.DIFFERENT


def test_anything_else_is_unknown() -> None:
    assert _find("") is Finding.UNKNOWN
    assert (
        _find("Chị ơi mai họp tổ mấy giờ, ở nhà văn hóa hay ở trường vậy chị?") is Finding.UNKNOWN
    )
    assert _find("tại hội trường số 45 đường") is Finding.UNKNOWN
    assert check(NOTICE, ()).finding is Finding.UNKNOWN


def test_a_forged_text_under_a_real_code_is_different() -> None:
    forged = "Bà con bấm vào trang nhanqua.vn để nhận tiền hỗ trợ ngay hôm nay, mã tin K7M2QX"
    assert check(forged, ALL).original is OURS
    assert _find(forged) is Finding.DIFFERENT


def test_of_two_notices_alike_the_right_one_is_found() -> None:
    newer = Original("14", "B8N4RT", "1/12/2026", NOTICE.replace("08/12", "15/12"))
    assert check(NOTICE, (newer, OURS)).original is OURS
    assert check(newer.text, (newer, OURS)).original is newer
    assert _find(NOTICE.replace("08/12", "09/12"), (newer, OURS)) is Finding.DIFFERENT


def test_words_run_together_still_match() -> None:
    assert _find(NOTICE.replace("hồ sơ", "hồsơ")) is Finding.TRUE
    assert _find("hồsơcấpđổisổhộnghèotừ7giờ") is Finding.TRUE

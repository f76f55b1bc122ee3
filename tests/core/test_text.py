"""Typed input: accents or none, NFC and NFD, numbers and words."""

import unicodedata

import pytest
from content import SMALL, Dialogue, with_small

from bot.core.address import Address
from bot.core.guide import Word
from bot.core.listen import hear_text
from bot.core.state import Guides
from bot.core.text import Option, bare, flat, meaning, tidy, words

SAID = [
    ("xong", Word.DONE),
    ("Xong rồi cháu ơi", Word.DONE),
    ("XONG!!!", Word.DONE),
    ("dạ xong", Word.DONE),
    ("em lam xong roi nha", Word.DONE),
    ("duoc roi", Word.DONE),
    ("ok", Word.DONE),
    ("✅ Xong", Word.DONE),
    ("chưa được", Word.STUCK),
    ("chua duoc", Word.STUCK),
    ("chua dc", Word.STUCK),
    ("ko dc", Word.STUCK),
    ("hổng được con ơi", Word.STUCK),
    ("chưa xong", Word.STUCK),
    ("bị lỗi rồi", Word.STUCK),
    ("🆘 Chưa được", Word.STUCK),
    ("gặp người", Word.PERSON),
    ("gap nguoi", Word.PERSON),
    ("cho tôi gặp người", Word.PERSON),
    ("☎️ Gặp người", Word.PERSON),
    ("dừng", Word.STOP),
    ("DUNG", Word.STOP),
    ("dưng", Word.STOP),
    ("dừng lại đi", Word.STOP),
    ("đừng nhắn nữa", Word.STOP),
    ("dung nhan nua", Word.STOP),
    ("stop", Word.STOP),
    ("quay lại", Word.BACK),
    ("quay lai", Word.BACK),
    ("để sau nha", Word.LATER),
    ("làm tiếp", Word.RESUME),
    ("xem lai", Word.REPEAT),
    ("bài khác", Word.MENU),
    ("1", "android"),
    ("so 2", "iphone"),
    ("2.", "iphone"),
    ("2️⃣", "iphone"),
    ("số hai ạ", "iphone"),
    ("android", "android"),
    ("máy adroid", ""),
    ("đúng", ""),
    ("sử dụng sao con", ""),
    ("9", ""),
    ("0", ""),
    ("", ""),
    ("trời hôm nay đẹp quá mà con thì không biết xong chưa nữa", ""),
]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize(("said", "meant"), SAID)
def test_meaning(said: str, meant: str, form: str, guides: Guides) -> None:
    offered = (*SMALL.steps[0].choices,)
    heard = hear_text(unicodedata.normalize(form, said), offered, guides)  # type: ignore[arg-type]
    assert heard.choice == meant


def test_both_places_of_a_tone_mark_are_one_word() -> None:
    assert words("hoà thuỷ") == words("hòa thủy")


def test_bare_maps_the_letter_that_does_not_decompose() -> None:
    assert bare("Đường ĐI") == "duong di"


def test_tidy_drops_what_cannot_be_seen() -> None:
    assert tidy("a\u200bb\x00c\nd") == "abc\nd"


def test_the_longest_phrase_wins_and_whole_options_stay_out() -> None:
    options = [
        Option("short", ("xong",)),
        Option("long", ("xong chưa",)),
        Option("w", ("cả",), whole=True),
    ]
    assert meaning("không biết xong chưa", options) == "long"
    assert meaning("cả nhà", options) == ""
    assert meaning("cả", options) == "w"


def test_other_accents_are_forgiven_only_for_the_whole_text() -> None:
    options = [Option("a", ("xong",))]
    assert meaning("xóng", options) == "a"
    assert meaning("xóng nhà", options) == ""


def test_guide_words_never_mean_stop(guides: Guides) -> None:
    talk = Dialogue(with_small(guides)).at_step()
    talk.types("đúng rồi", "dùng được không")
    assert talk.state.run is not None


def test_address_prints_and_parses() -> None:
    address = Address("telegram", "1", "-100")
    assert Address.parse(str(address)) == address
    with pytest.raises(ValueError, match="unpack"):
        Address.parse("telegram:1")


def test_signs_are_remembered_within_bounds() -> None:
    """However many different signs people send."""
    many = "".join(map(chr, range(0x4E00, 0x4E00 + 9000)))
    assert flat(many) == many
    assert flat("Đường") == "duong"

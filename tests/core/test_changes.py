"""What an approver is shown of an edit."""

from hypothesis import given
from hypothesis import strategies as st

from bot.core.changes import Change, changes

_TEXTS = st.text(alphabet="ab \n", max_size=40)


@given(_TEXTS, _TEXTS)
def test_both_texts_can_be_read_from_it(before: str, after: str) -> None:
    found = changes(before, after)
    assert "".join(text for kind, text in found if kind is not Change.GONE) == after
    assert "".join(text for kind, text in found if kind is not Change.NEW) == before


def test_a_day_that_moved_is_shown() -> None:
    assert changes("Họp thứ hai.", "Họp thứ ba.") == [
        (Change.SAME, "Họp thứ "),
        (Change.GONE, "hai."),
        (Change.NEW, "ba."),
    ]


def test_words_rewritten_in_a_row_are_one_change() -> None:
    assert changes("Họp thứ hai ở xã nhé.", "Họp chiều mai ở xã nhé.") == [
        (Change.SAME, "Họp "),
        (Change.GONE, "thứ hai"),
        (Change.NEW, "chiều mai"),
        (Change.SAME, " ở xã nhé."),
    ]

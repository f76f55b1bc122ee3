"""What is done with an announcement: the last part of its page's address, who may, and the call."""

from collections.abc import Callable, Mapping

from sqlalchemy import Connection

from bot.core.announcement import FAILED, Kind
from bot.core.rights import Operation
from bot.services import announcements as service
from bot.services import outlook
from webhooks.console.frame import Visit

PATH = "/thong-bao"
# Says where to go on to; nothing for the page it came from.
Work = Callable[[Visit, Connection, int], str | None]


def _number(visit: Visit) -> int:
    return visit.number("number")


def _submit(visit: Visit, connection: Connection, now: int) -> None:
    service.submit(connection, visit.actor, now, _number(visit))


def _approve(visit: Visit, connection: Connection, now: int) -> None:
    typed = visit.said("so-nhom")
    groups = int(typed) if typed.isdecimal() and len(typed) < 9 else -1
    glass = visit.said("ly-do-gap")
    service.approve(connection, visit.actor, now, _number(visit), visit.said("dau"), groups, glass)


def _send_back(visit: Visit, connection: Connection, now: int) -> None:
    reason, good = visit.said("ly-do"), visit.said("lam") == "bo"
    service.send_back(connection, visit.actor, now, _number(visit), reason, for_good=good)


def _review(visit: Visit, connection: Connection, now: int) -> None:
    service.review(connection, visit.actor, now, _number(visit), visit.said("nhan-xet"))


def _pause(visit: Visit, connection: Connection, now: int) -> None:
    service.pause(connection, visit.actor, now, _number(visit))


def _resume(visit: Visit, connection: Connection, now: int) -> None:
    service.resume(connection, visit.actor, now, _number(visit))


def _resend(visit: Visit, connection: Connection, now: int) -> None:
    doubtful = ("uncertain",) if visit.said("ca-khong-ro") else ()
    service.resend(connection, visit.actor, now, _number(visit), (*FAILED, *doubtful))


def _correct(visit: Visit, connection: Connection, now: int) -> str:
    kind = Kind.CANCEL if visit.said("lam") == "thu-hoi" else Kind.UPDATE
    text = visit.said("noi-dung")
    made = service.correct(connection, visit.actor, now, _number(visit), kind, text)
    return f"{PATH}/{made}/soan"


def _try_out(visit: Visit, connection: Connection, now: int) -> None:
    words = visit.console.wiring.notice_words
    outlook.try_out(connection, visit.actor, now, _number(visit), words)


def _hand_over(visit: Visit, connection: Connection, now: int) -> None:
    copy, person = visit.said("tin"), visit.said("nguoi")
    numbers = [int(one) if one.isdecimal() and len(one) < 16 else 0 for one in (copy, person)]
    service.hand_over(connection, visit.actor, now, _number(visit), *numbers)


STEPS: Mapping[str, tuple[Operation, Work]] = {
    "gui-duyet": (Operation.COMPOSE_ANNOUNCEMENT, _submit),
    "duyet": (Operation.APPROVE_ANNOUNCEMENT, _approve),
    "tra-lai": (Operation.APPROVE_ANNOUNCEMENT, _send_back),
    "xem-lai": (Operation.APPROVE_ANNOUNCEMENT, _review),
    "tam-dung": (Operation.STEER_ANNOUNCEMENT, _pause),
    "gui-tiep": (Operation.STEER_ANNOUNCEMENT, _resume),
    "gui-lai": (Operation.STEER_ANNOUNCEMENT, _resend),
    "gui-thu": (Operation.SEE_ANNOUNCEMENTS, _try_out),
    "giao-lai": (Operation.STEER_ANNOUNCEMENT, _hand_over),
    "dinh-chinh": (Operation.COMPOSE_ANNOUNCEMENT, _correct),
}

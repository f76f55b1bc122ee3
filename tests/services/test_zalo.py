"""How the Zalo OA is, line by line: well, in trouble, and what is said of it."""

from zoneinfo import ZoneInfo

import pytest
from fakes import Clock
from pydantic import SecretStr

from bot.channels.zalo_oa import errors
from bot.core.rights import Actor, terminal
from bot.doctor import Finding, examine
from bot.services import zalo
from bot.services.access import Refused
from bot.services.zalo import Line
from bot.settings import Settings
from bot.vault import Vault
from bot.zalo_words import ZaloWords
from storage import facts, held, outbox, pace, tokens
from storage.database import DAY, HOUR, SECOND, Database
from storage.outbox import NewDelivery

ACCOUNT = ("zalo_oa", "17")
VAULT = Vault("key")
WORDS = ZaloWords(ZoneInfo("Asia/Ho_Chi_Minh"))
SETTINGS = Settings(
    _env_file=None,
    zalo_oa_app_id="17",
    zalo_oa_app_secret=SecretStr("a"),
    zalo_oa_webhook_secret=SecretStr("b"),
    secret_key=SecretStr("key"),
)


def _lines(database: Database, clock: Clock) -> dict[str, Line]:
    found = database.read_now(lambda one: zalo.health(one, terminal(), clock(), ACCOUNT, VAULT))
    return {one.name: one for one in found}


def _keep(database: Database, clock: Clock, key: str = "key") -> None:
    vault, until = Vault(key), clock() + 25 * HOUR
    access, refresh = vault.seal("a"), vault.seal("r")
    database.write_now(
        lambda one: tokens.keep(one, ACCOUNT, access, refresh, clock(), expires_at=until)
    )


def _fail(database: Database, clock: Clock, failure: str) -> None:
    database.write_now(lambda one: tokens.fail(one, ACCOUNT, "", failure, clock()))


def _learn(database: Database, clock: Clock, told: dict[str, str], **counts: int) -> None:
    plain = {name.replace("__", ":"): number for name, number in counts.items()}
    database.write_now(lambda one: facts.add(one, ACCOUNT, told, plain, clock()))


def test_only_an_operator_may_look(database: Database, clock: Clock) -> None:
    with pytest.raises(Refused):
        database.read_now(lambda one: zalo.health(one, Actor(7, "web"), clock(), ACCOUNT, VAULT))


def test_an_account_that_is_new(database: Database, clock: Clock) -> None:
    found = _lines(database, clock)
    troubled = {name: one.advice for name, one in found.items() if one.advice}
    assert troubled == {"token": "token-missing", "webhook": "webhook-never"}


def test_an_account_that_is_well(database: Database, clock: Clock) -> None:
    _keep(database, clock)
    _learn(database, clock, {"quota": "400/500", "rate": "100"}, signature__2=5, billed=1)
    clock.advance(60)
    found = _lines(database, clock)
    assert [name for name, one in found.items() if one.advice] == []
    heard = found["webhook"].values["heard_at"]
    assert heard == clock() - 60 * SECOND
    assert found["signatures"].values == {"matched": 5, "missed": 0, "missed_at": 0}
    assert found["quota"].values == {"remain": "400/500", "billed": 1, "rate": "100"}


@pytest.mark.parametrize(
    ("failure", "advice"), [("refused:zalo-14014", "token-lost"), ("no-answer", "token-no-answer")]
)
def test_a_renewal_that_failed(database: Database, clock: Clock, failure: str, advice: str) -> None:
    _keep(database, clock)
    _fail(database, clock, failure)
    assert _lines(database, clock)["token"].advice == advice


def test_a_token_over_its_time_and_one_sealed_with_another_key(
    database: Database, clock: Clock
) -> None:
    _keep(database, clock)
    clock.advance(26 * 3600)
    assert _lines(database, clock)["token"].advice == "token-no-answer"
    _keep(database, clock, "another key")
    assert _lines(database, clock)["token"].advice == "token-key-changed"


def test_silence_and_wrong_signatures(database: Database, clock: Clock) -> None:
    _learn(database, clock, {}, signature__1=1, signature__miss=2)
    assert _lines(database, clock)["signatures"].advice == "signature-miss"
    clock.advance(8 * DAY / SECOND)
    found = _lines(database, clock)
    assert (found["webhook"].advice, found["signatures"].advice) == ("webhook-silent", "")


def test_a_pause_says_why(database: Database, clock: Clock) -> None:
    rate = pace.Rate(pace.BOTH, 1000)
    until = clock() + 30 * SECOND

    database.write_now(lambda one: pace.allowance(one, ACCOUNT, rate, clock()))
    assert _lines(database, clock)["sending"].form == "open"
    database.write_now(lambda one: pace.block(one, ACCOUNT, until, "zalo-209", everything=True))
    found = _lines(database, clock)["sending"]
    assert (found.form, found.advice) == ("paused", "zalo-209")
    said = WORDS.value(found.name, found.form, found.values)
    assert "chưa được kích hoạt" in said
    assert "Kích hoạt" in WORDS.advice(found.advice)


def test_what_is_held_and_what_went_wrong(database: Database, clock: Clock) -> None:
    _learn(database, clock, {"quota": "50/500", "buttons": "refused"}, **{"error__-201": 3})
    new = [NewDelivery("x:1", f"zalo_oa:17:{n}", "{}", 1) for n in range(3)]
    database.write_now(lambda one: outbox.enqueue(one, new, clock()))

    def hold(reason: str) -> Line:
        addresses = [one.address for one in new[:2]]
        database.write_now(lambda one: held.release(one, addresses, clock()))
        database.write_now(lambda one: held.hold(one, addresses, reason))
        return _lines(database, clock)["held"]

    assert (hold("window").values, hold("window").advice) == ({"listed": "window: 2"}, "")
    assert (hold("zalo-321").values, hold("zalo-321").advice) == (
        {"listed": "zalo-321: 2"},
        "zalo-321",
    )
    _learn(database, clock, {}, **{"unknown user_does_new": 4})
    found = _lines(database, clock)
    assert found["unknown"].values == {"listed": "user_does_new: 4"}
    assert found["errors"].values == {"listed": "-201: 3"}
    assert (found["quota"].advice, found["buttons"].form) == ("quota-low", "refused")
    clock.advance(25 * 3600)
    assert _lines(database, clock)["errors"].form == "none"


def _findings(database: Database, settings: Settings = SETTINGS) -> dict[str, Finding]:
    return {one.name: one for one in examine(settings, database)}


def test_the_doctor_says_it_in_words(database: Database, clock: Clock) -> None:
    _keep(database, clock)
    _fail(database, clock, "refused:zalo-14014")
    found = _findings(database)
    token = found["zalo_oa_token"]
    assert not token.ok
    assert "gocua zalo login" in token.do
    assert found["zalo_oa_webhook"].value == "chưa có"
    assert all(one.title for name, one in found.items() if name.startswith("zalo_oa"))
    assert "zalo_oa" in found["channels"].value
    assert "zalo_oa_token" not in _findings(database, Settings(_env_file=None))


def test_the_doctor_names_settings_that_are_missing(database: Database) -> None:
    found = _findings(database, Settings(_env_file=None, zalo_oa_app_id="17"))
    assert "GOCUA_SECRET_KEY" in found["zalo_oa_settings"].value
    assert "zalo_oa_token" not in found


def test_every_code_has_its_meaning() -> None:
    for code in errors.CODES:
        meant = WORDS.meaning(errors.slug(code))
        assert meant is not None, code
        assert meant == WORDS.meaning(str(code)) == WORDS.meaning(str(abs(code)))
        assert meant.what
        assert meant.do.endswith((".", "login", "--sync"))
    for slug in ("token-missing", "token-lost", "token-no-answer", "token-key-changed", "window"):
        assert WORDS.meaning(slug), slug
    assert WORDS.meaning("-1") is None
    assert "-1: Chưa biết" in WORDS.why("-1")

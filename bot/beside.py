"""What stands beside the conversation: desks in the order they are asked, watchers, and what the
service begins by itself. Joined here for bot/wiring.py; no SQL and no words.
"""

from zoneinfo import ZoneInfo

from bot.calendars import office_hours
from bot.care.carer import Carer
from bot.care.letters import Letters
from bot.care.strangers import StrangerWatcher
from bot.care.watch import CareWatcher
from bot.channels.webchat.channel import NAME as WEB
from bot.core.reminding import Calendar
from bot.core.scam import Verdict, check
from bot.counter import Counter
from bot.data_clerk import DataClerk
from bot.data_desk import DataDesk, DataWatcher
from bot.desk.desk import MembersDesk
from bot.desk.used import UsedDesk
from bot.desk.words import DeskWords
from bot.desks import Desk, Watcher
from bot.help_desk import HelpDesk, HelpWatcher, RelayDesk
from bot.help_line import HelpLine
from bot.help_told import Teller
from bot.holidays import days_off
from bot.identity_desk import IdentityDesk
from bot.library import Library
from bot.notice_desk import NoticeDesk
from bot.notice_words import NoticeWords
from bot.people_words import PeopleWords
from bot.quiet import Quiet
from bot.settings import Settings
from bot.shelf import Shelf
from bot.vault import Vault
from bot.weekly import Weekly
from storage.database import Database
from storage.signals import Signals


class Beside:
    def __init__(self, settings: Settings, shelf: Shelf, vault: Vault) -> None:
        self._shelf, self._vault = shelf, vault
        self.quiet = Quiet(vault)
        self.calendar = Calendar(ZoneInfo(settings.timezone), days_off(), self.quiet.hours)
        self.notice_words = NoticeWords(
            settings.base_url,
            self.calendar.zone,
            self.quiet.hours,
            practice=settings.rehearses,
        )
        self.people_words = PeopleWords(settings.base_url, settings.telegram_name)
        self.desk_words = DeskWords(self.calendar, settings.base_url)

        self.hours = office_hours(self.calendar.zone)
        self._data = DataDesk(self.people_words, shelf, vault, self.hours)

    def desks(self) -> list[Desk]:
        """The first that takes what was heard answers it; what is said besides goes to whoever
        helps."""
        return [
            NoticeDesk(self.notice_words, self._looks_like_a_scam),
            UsedDesk(self.desk_words, self._shelf),
            IdentityDesk(self.people_words, self._vault, self._shelf),
            self._data,
            HelpDesk(self.people_words, self._shelf),
            MembersDesk(self.desk_words, self._shelf),
            RelayDesk(self.people_words, self._shelf),
        ]

    def watchers(self) -> list[Watcher]:
        return [
            CareWatcher(self.calendar),
            StrangerWatcher(self.calendar, {WEB}),
            HelpWatcher(),
            DataWatcher(self.people_words, self._data),
        ]

    def carer(self, database: Database, signals: Signals) -> Carer:
        letters = Letters(self.desk_words, self._shelf, self.calendar)
        return Carer(database, signals, letters, self.calendar)

    def help_line(self, database: Database, signals: Signals) -> HelpLine:
        teller = Teller(self.people_words, self.hours, self.calendar, self._shelf)
        return HelpLine(database, signals, self.hours, self.calendar, teller)

    def clerk(self, database: Database, signals: Signals) -> DataClerk:
        return DataClerk(database, signals, self.people_words, self._vault)

    def weekly(self, database: Database, signals: Signals, library: Library) -> Weekly:
        return Weekly(database, signals, library, self.calendar)

    def counter(self, database: Database) -> Counter:
        return Counter(database, self.calendar.zone)

    def _looks_like_a_scam(self, text: str) -> bool:
        return check(text, self._shelf.guides.scams).verdict is Verdict.SCAM

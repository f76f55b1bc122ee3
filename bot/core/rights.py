"""Who may do what, where: the only place that decides it. Pure; asking and refusing in words
are the services'.

A scope is the code of an area, or a person or chat of one's own ("person:7"). The line of a
target is its own scope followed by everything around it, outermost last: EVERYWHERE.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

EVERYWHERE = ""


class Role(StrEnum):
    """A resident holds that role over themselves only, wherever they live."""

    RESIDENT = "resident"
    MEMBER = "member"
    LEAD = "lead"
    AUTHOR = "author"
    APPROVER = "approver"
    CONTENT_AUTHOR = "content-author"
    OPERATOR = "operator"


class Operation(StrEnum):
    """Everything a service does for somebody. Each has a line in RULES."""

    SEE_HOUSEHOLDS = "see-households"
    ADD_HOUSEHOLD = "add-household"
    CHANGE_HOUSEHOLD = "change-household"
    MOVE_HOUSEHOLD = "move-household"
    MERGE_HOUSEHOLDS = "merge-households"
    ADD_PERSON = "add-person"
    CHANGE_PERSON = "change-person"
    SEE_PHONE = "see-phone"
    SEE_PERSON_DATA = "see-person-data"
    ERASE_PERSON = "erase-person"
    SETTLE_DATA = "settle-data"
    MAKE_LINK_CODE = "make-link-code"
    SEE_HELP = "see-help"
    GIVE_HELP = "give-help"
    STEER_HELP = "steer-help"
    SET_DUTY = "set-duty"
    ADD_MEMBER = "add-member"
    ADD_LEAD = "add-lead"
    REMOVE_MEMBER = "remove-member"
    GRANT_ROLE = "grant-role"
    IMPORT_AREAS = "import-areas"
    IMPORT_TEAMS = "import-teams"
    IMPORT_MEMBERS = "import-members"
    IMPORT_HOUSEHOLDS = "import-households"
    IMPORT_GROUPS = "import-groups"
    CLAIM_GROUP = "claim-group"
    START_SEQUENCE = "start-sequence"
    START_BULK = "start-bulk"
    STOP_SEQUENCE = "stop-sequence"
    SEE_SEQUENCES = "see-sequences"
    SEE_VISITS = "see-visits"
    RECORD_VISIT = "record-visit"
    TAKE_BACK_VISIT = "take-back-visit"
    RECORD_CONSENT = "record-consent"
    SEE_AUDIT = "see-audit"
    SEE_CHANNELS = "see-channels"
    STEER_CHANNELS = "steer-channels"
    GIVE_LOGIN = "give-login"
    END_SESSIONS = "end-sessions"
    ENTER_CONSOLE = "enter-console"
    SEE_GUIDES = "see-guides"
    EDIT_GUIDE = "edit-guide"
    APPROVE_GUIDE = "approve-guide"
    COMPOSE_ANNOUNCEMENT = "compose-announcement"
    APPROVE_ANNOUNCEMENT = "approve-announcement"
    STEER_ANNOUNCEMENT = "steer-announcement"
    SEE_ANNOUNCEMENTS = "see-announcements"
    SEE_FIGURES = "see-figures"
    SET_GOAL = "set-goal"
    SET_QUIET_HOURS = "set-quiet-hours"
    MAKE_REPORT = "make-report"
    ADD_REMARK = "add-remark"


_SELF = frozenset({Role.RESIDENT})
_TEAM = frozenset({Role.MEMBER, Role.LEAD, Role.OPERATOR})
_LEADS = frozenset({Role.LEAD, Role.OPERATOR})
_OPERATOR = frozenset({Role.OPERATOR})
_OFFICIALS = frozenset({Role.AUTHOR, Role.APPROVER, Role.OPERATOR})
_APPROVERS = frozenset({Role.APPROVER})
_STAFF = frozenset(Role) - _SELF

RULES: Mapping[Operation, frozenset[Role]] = {
    Operation.SEE_HOUSEHOLDS: _TEAM,
    Operation.ADD_HOUSEHOLD: _TEAM,
    Operation.CHANGE_HOUSEHOLD: _TEAM,
    Operation.MOVE_HOUSEHOLD: _TEAM,
    Operation.MERGE_HOUSEHOLDS: _LEADS,
    Operation.ADD_PERSON: _TEAM,
    Operation.CHANGE_PERSON: _TEAM | _SELF,
    Operation.SEE_PHONE: _TEAM | _SELF,
    Operation.SEE_PERSON_DATA: _TEAM | _SELF,
    Operation.ERASE_PERSON: _LEADS | _SELF,
    Operation.SETTLE_DATA: _LEADS,
    Operation.MAKE_LINK_CODE: _TEAM,
    Operation.SEE_HELP: _TEAM,
    Operation.GIVE_HELP: _TEAM,
    Operation.STEER_HELP: _LEADS,
    Operation.SET_DUTY: _LEADS | _SELF,
    Operation.ADD_MEMBER: _LEADS,
    Operation.ADD_LEAD: _OPERATOR,
    Operation.REMOVE_MEMBER: _LEADS,
    Operation.GRANT_ROLE: _OPERATOR,
    Operation.IMPORT_AREAS: _OPERATOR,
    Operation.IMPORT_TEAMS: _OPERATOR,
    Operation.IMPORT_MEMBERS: _LEADS,
    Operation.IMPORT_HOUSEHOLDS: _LEADS,
    Operation.IMPORT_GROUPS: _OPERATOR,
    Operation.CLAIM_GROUP: _TEAM,
    Operation.START_SEQUENCE: _TEAM,
    Operation.START_BULK: _LEADS,
    Operation.STOP_SEQUENCE: _TEAM,
    Operation.SEE_SEQUENCES: _TEAM,
    Operation.SEE_VISITS: _TEAM,
    Operation.RECORD_VISIT: _TEAM,
    Operation.TAKE_BACK_VISIT: _LEADS,
    Operation.RECORD_CONSENT: _TEAM,
    Operation.SEE_AUDIT: _OPERATOR,
    Operation.SEE_CHANNELS: _OPERATOR,
    Operation.STEER_CHANNELS: _OPERATOR,
    Operation.GIVE_LOGIN: _LEADS | _SELF,
    Operation.END_SESSIONS: _OPERATOR | _SELF,
    Operation.ENTER_CONSOLE: _STAFF,
    Operation.SEE_GUIDES: _STAFF,
    Operation.EDIT_GUIDE: frozenset({Role.CONTENT_AUTHOR, Role.OPERATOR}),
    Operation.APPROVE_GUIDE: frozenset({Role.CONTENT_AUTHOR, Role.APPROVER}),
    Operation.COMPOSE_ANNOUNCEMENT: _OFFICIALS,
    Operation.APPROVE_ANNOUNCEMENT: _APPROVERS,
    Operation.STEER_ANNOUNCEMENT: _OFFICIALS,
    Operation.SEE_ANNOUNCEMENTS: _OFFICIALS | _TEAM,
    Operation.SEE_FIGURES: _OFFICIALS | _TEAM | {Role.CONTENT_AUTHOR},
    Operation.SET_GOAL: _APPROVERS | _OPERATOR,
    Operation.SET_QUIET_HOURS: _OPERATOR,
    Operation.MAKE_REPORT: _OFFICIALS | _LEADS,
    Operation.ADD_REMARK: _OFFICIALS | _TEAM,
}


@dataclass(frozen=True, slots=True)
class Grant:
    """A role over a scope and everything inside it."""

    role: Role
    scope: str


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts (0: the service itself or its terminal), by which way, and with what rights."""

    person: int
    via: str
    grants: tuple[Grant, ...] = ()

    def holds(self, *roles: Role) -> bool:
        return any(grant.role in roles for grant in self.grants)

    def scopes(self, operation: Operation) -> tuple[str, ...]:
        """Where the actor may do this: for listing no more than may be seen."""
        return tuple(grant.scope for grant in self.grants if grant.role in RULES[operation])


class Refusal(StrEnum):
    """Why not. Each has words in guides/."""

    STRANGER = "stranger"  # holds no role at all besides their own data
    ROLE = "role"  # none of their roles may do this
    AREA = "area"  # may do this, but not here


def refusal(actor: Actor, operation: Operation, line: Sequence[str]) -> Refusal | None:
    """None when allowed. `line` is the target's, from its own scope outwards."""
    roles = RULES[operation]
    able = [grant for grant in actor.grants if grant.role in roles]
    if any(grant.scope in line for grant in able):
        return None
    if not actor.holds(*(role for role in Role if role is not Role.RESIDENT)):
        return Refusal.STRANGER
    elsewhere = any(grant.role is not Role.RESIDENT for grant in able)
    return Refusal.AREA if elsewhere else Refusal.ROLE


def terminal() -> Actor:
    """Whoever can run commands on the machine may do everything."""
    roles = (Role.OPERATOR, Role.APPROVER)
    return Actor(0, "terminal", tuple(Grant(role, EVERYWHERE) for role in roles))

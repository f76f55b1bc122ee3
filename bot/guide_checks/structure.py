"""Whether a guide can be walked: ids, jumps, buttons, screens, dates, files."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from bot.content_files import Finding, shown
from bot.core.guide import Choice, Guide, GuideStep, Word
from bot.core.text import bare, words
from bot.guide_checks.passages import Source
from bot.guide_checks.rules import Rules
from bot.guide_checks.wording import asks_to_tap
from bot.library import CLOSING, FOLLOW_UP, OPENING

MOST_BUTTONS = 5
_FEWEST_STEPS, _MOST_STEPS = 5, 12
_FEWEST_ALT_WORDS = 3
_FRESH = timedelta(days=90)
_LONGEST_LIFE = timedelta(days=366)
_SAFE = ("otp", "mat khau")


def check_structure(source: Source, rules: Rules, today: date) -> Iterator[Finding]:
    guide = source.guide
    yield from _ids(source)
    yield from _safety(source)
    yield from _ways(source)
    yield from _questions(source)
    for place, step in enumerate(guide.steps):
        yield from _buttons(source, place, step, rules)
        yield from _screen(source, place, step, rules)
    yield from _dates(source, today)
    yield from _files(source)


def check_requirements(sources: Mapping[str, Source]) -> Iterator[Finding]:
    """Guides that are to be done before exist and do not wait for each other."""
    for source in sources.values():
        for place, needed in enumerate(source.guide.requires):
            if needed not in sources:
                yield source.at("requires", "requires", place, detail=needed)
            elif source.guide.id in _all_before(needed, sources):
                yield source.at("circle", "requires", place, detail=needed)


def _all_before(guide: str, sources: Mapping[str, Source]) -> set[str]:
    found: set[str] = set()
    waiting = [guide]
    while waiting:
        one = waiting.pop()
        if one not in found and one in sources:
            found.add(one)
            waiting += sources[one].guide.requires
    return found


def _ids(source: Source) -> Iterator[Finding]:
    guide, known = source.guide, set[str]()
    places = [("steps", place, one.id) for place, one in enumerate(guide.steps)]
    places += [("questions", place, one.id) for place, one in enumerate(guide.questions)]
    for part, place, name in places:
        if name in known:
            yield source.at("twice", part, place, "id", detail=name)
        known.add(name)


def _safety(source: Source) -> Iterator[Finding]:
    """Somewhere a guide says what never to do, and never to tell a code is part of it."""
    blocks = [(place, step) for place, step in enumerate(source.guide.steps) if step.safety]
    if not blocks:
        yield source.at("no_safety", "steps")
    for place, step in blocks:
        said = bare(step.text)
        if "khong" not in said or not any(one in said for one in _SAFE):
            yield source.at("weak_safety", "steps", place, detail=step.id)


def _ways(source: Source) -> Iterator[Finding]:
    """Jumps lead forward only, so a guide always ends; every step can be met."""
    guide = source.guide
    ids = [step.id for step in guide.steps]
    met = {ids[0]}
    for place, step in enumerate(guide.steps):
        for number, choice in enumerate(step.choices):
            if choice.go and choice.go not in ids[place + 1 :]:
                yield source.at("go", "steps", place, "choices", number, "go", detail=choice.go)
        if step.go and step.go not in ids[place + 1 :]:
            yield source.at("go", "steps", place, "go", detail=step.go)
        if step.id in met:
            met |= guide.next(step)
        else:
            yield source.at("unreachable", "steps", place, "id", detail=step.id)
    fewest, most = _lengths(guide)
    for code, length in (("way_short", fewest), ("way_long", most)):
        if not _FEWEST_STEPS <= length <= _MOST_STEPS:
            yield source.at(code, "steps", length=length, fewest=_FEWEST_STEPS, limit=_MOST_STEPS)


def _lengths(guide: Guide) -> tuple[int, int]:
    """Steps of the shortest and of the longest way, those that only ask which way as well."""
    fewest: dict[str, int] = {}
    for step in reversed(guide.steps):
        ahead = [fewest.get(one, 0) for one in guide.next(step)]
        fewest[step.id] = 1 + min(ahead)
    first = guide.steps[0].id
    return fewest[first], 1 + guide.ahead(first)


def _questions(source: Source) -> Iterator[Finding]:
    questions = source.guide.questions
    if len(questions) != 2:
        yield source.at("questions", "questions", length=len(questions))
    for place, question in enumerate(questions):
        if not 2 <= len(question.answers) <= MOST_BUTTONS:
            yield source.at("answers", "questions", place, length=len(question.answers))


def _buttons(source: Source, place: int, step: GuideStep, rules: Rules) -> Iterator[Finding]:
    troubles = tuple(Choice(one.id, one.label) for one in step.troubles)
    fixed = (2 if step.troubles else 1) + bool(step.voice and step.picture)
    if len(step.choices) + fixed > MOST_BUTTONS or len(troubles) + 1 > MOST_BUTTONS:
        count = max(len(step.choices) + fixed, len(troubles) + 1)
        yield source.at(
            "too_many", "steps", place, detail=step.id, length=count, limit=MOST_BUTTONS
        )
    if len(step.choices) < 2 and not (step.troubles or step.safety):
        yield source.at("no_troubles", "steps", place, detail=step.id)
    stops = {_plain(phrase) for phrase in rules.guides.spoken[Word.STOP].phrases}
    for choice in (*step.choices, *troubles):
        if _plain(choice.label) in stops:
            yield source.at("stop_word", "steps", place, detail=choice.label)


def _plain(text: str) -> tuple[str, ...]:
    return tuple(map(bare, words(text)))


def _screen(source: Source, place: int, step: GuideStep, rules: Rules) -> Iterator[Finding]:
    picture = source.file.steps[place].picture
    if not (step.screen or picture) and asks_to_tap(step.text, rules.wording):
        yield source.at("no_screen", "steps", place, detail=step.id)
    if step.screen and bare(step.screen.press) not in bare(step.screen.alt):
        yield source.at(
            "alt", "steps", place, "screen", "alt", detail=step.id, press=step.screen.press
        )
    if picture and len(picture.alt.split()) < _FEWEST_ALT_WORDS:
        yield source.at("picture_alt", "steps", place, "picture", "alt", detail=step.id)


def _dates(source: Source, today: date) -> Iterator[Finding]:
    file = source.file
    if not file.sources:
        yield source.at("no_source", "sources")
    if file.checked > today or not file.checked < file.valid_until <= file.checked + _LONGEST_LIFE:
        yield source.at("dates", "checked", checked=file.checked, until=file.valid_until)
    if file.valid_until < today:
        yield source.at("expired", "valid_until", warning=True, detail=file.valid_until)
    if file.checked + _FRESH < today:
        yield source.at("stale", "checked", warning=True, detail=file.checked)


def _files(source: Source) -> Iterator[Finding]:
    guide = source.guide
    items = [*(step.id for step in guide.steps), *(question.id for question in guide.questions)]
    used = {f"{item}.md" for item in items} | {"guide.yaml", OPENING, CLOSING, FOLLOW_UP}
    attached = {step.picture.file for step in source.file.steps if step.picture}
    attached |= {step.voice for step in source.file.steps if step.voice}
    there = {path.name for path in source.folder.iterdir()}
    for name in sorted(there - used - attached):
        yield Finding("unused", shown(source.folder / name), 1)
    for name in sorted(attached - there):
        yield Finding("no_file", shown(source.folder / name), 1)

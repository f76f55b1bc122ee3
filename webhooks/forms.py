"""Posted forms as texts that every database keeps. Knows no page."""

from starlette.datastructures import FormData


def kept(text: str) -> str:
    """PostgreSQL keeps no NUL, and no browser sends one."""
    return text.replace("\0", "")


def texts(form: FormData) -> dict[str, str]:
    """The fields that are no files."""
    return {name: kept(one) for name, one in form.items() if isinstance(one, str)}

"""`gocua zalo`: what an operator asks about the Official Account."""

from click.testing import CliRunner

from bot.cli import main


def test_a_code_is_explained() -> None:
    for code in ("-230", "zalo-230", "230"):
        result = CliRunner().invoke(main, ["zalo", "why", code])
        assert result.exit_code == 0
        assert "7 ngày" in result.output
        assert "→" in result.output
    assert "gocua zalo login" in CliRunner().invoke(main, ["zalo", "why", "token-lost"]).output
    assert "Chưa biết" in CliRunner().invoke(main, ["zalo", "why", "17"]).output

"""`gocua ask` and `gocua scam` as an evaluator would call them."""

from pathlib import Path

from click.testing import CliRunner

from bot.cli import main


def _run(*arguments: str, given: bytes = b"") -> bytes:
    result = CliRunner().invoke(main, ["ask", *arguments], input=given)
    assert result.exit_code == 0, result.output
    return result.stdout_bytes


def test_one_text() -> None:
    assert _run("tui quên mật khẩu vneid rồi") == b"vneid\n"


def test_each_line_comes_back_as_given(tmp_path: Path) -> None:
    lines = ["  chào con ", "", "mo\u0302t hai", "đừng nhắn nữa\u2028nha", "xong\tkhac"]
    path = tmp_path / "asked.tsv"
    path.write_bytes("\r\n".join(lines).encode() + b"\n\xff\xfe?\n")
    answers = _run("--tsv", str(path)).split(b"\n")
    assert answers.pop() == b""
    texts = [answer.rpartition(b"\t")[0] for answer in answers]
    assert texts == [*(line.encode() for line in lines), b"\xff\xfe?"]
    labels = [answer.rpartition(b"\t")[2].decode() for answer in answers]
    assert labels[0] == labels[1] == "khac"
    assert labels[3:5] == ["dung", "xong"]


def test_standard_input() -> None:
    assert _run("--tsv", "-", given="gặp người\n".encode()) == "gặp người\tgap-nguoi\n".encode()


def test_a_text_or_a_file_is_needed() -> None:
    for arguments in ([], ["chào", "--tsv", "-"]):
        assert CliRunner().invoke(main, ["ask", *arguments]).exit_code == 2


def test_scam_answers_and_says_why() -> None:
    said = CliRunner().invoke(main, ["scam", "đọc mã OTP cho em"])
    assert said.stdout == "scam\n"
    assert "OTP" in said.stderr
    said = CliRunner().invoke(main, ["scam", "--tsv", "-"], input="vneid.gov.vn\n\nvneid-moi.top\n")
    assert said.stdout == "vneid.gov.vn\tofficial\n\tunknown\nvneid-moi.top\tscam\n"

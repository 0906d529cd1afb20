from console.up import logs
from console.up.logs import ERRORS, TROUBLE, Log


def test_only_whole_lines_since_this_start_are_read(tmp_path):
    path = tmp_path / "logs" / "console.log"
    path.parent.mkdir()
    path.write_text("from the start before\n")
    log = Log(path)
    with log.open() as file:
        file.write(b"one\ntw")
        file.flush()
        assert log.new_lines() == ["one"]
        file.write(b"o\n")
        file.flush()
        assert log.new_lines() == ["two"]
    assert log.new_lines() == []


def test_a_log_that_grew_large_is_put_aside_at_the_next_start(tmp_path, monkeypatch):
    monkeypatch.setattr(logs, "ROTATE_BYTES", 10)
    path = tmp_path / "console.log"
    path.write_text("more than ten bytes\n")
    Log(path)
    assert not path.exists()
    assert (tmp_path / "console.log.1").read_text() == "more than ten bytes\n"


def test_the_last_words_are_the_last_line_that_says_something(tmp_path):
    path = tmp_path / "console.log"
    path.write_text("Traceback\nValueError: no\n\n")
    assert Log(path).last_line() == "ValueError: no"
    assert Log(tmp_path / "silent.log").last_line() == ""


def test_trouble_is_told_by_the_level():
    assert TROUBLE.search("2026-01-01 WARNING dataplane: document refused")
    assert TROUBLE.search("[2026-01-01 10:00:00: ERROR/MainProcess] lost")
    assert not TROUBLE.search("2026-01-01 INFO dataplane: no errors")
    assert not ERRORS.search("2026-01-01 WARNING django.request: Not Found: /x")

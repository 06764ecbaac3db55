"""Logs tell what happened and never a secret."""

from __future__ import annotations

import json
import logging

import pytest

from rapport.config import logging as configuring


@pytest.fixture(autouse=True)
def keep_handlers():
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers = handlers
    root.setLevel(level)


@pytest.mark.parametrize("name", ["password", "smtp_password", "Authorization", "reset_token", "client_secret"])
def test_a_value_whose_name_says_secret_is_masked_at_any_depth(name):
    hidden = configuring.hide_secrets(None, "info", {"event": "x", name: "hunter2", "inner": {name: "hunter2"}})
    assert "hunter2" not in json.dumps(hidden)


def test_a_log_line_is_one_json_object(capsys):
    configuring.configure(level="INFO", as_json=True)
    logging.getLogger("rapport.test").warning("kept %s", "words", extra={"password": "hunter2"})
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["level"], line["password"]) == ("kept words", "warning", configuring.MASK)


def test_a_failure_is_told_with_its_place(capsys):
    configuring.configure(level="INFO", as_json=False)
    try:
        raise ValueError("odd")
    except ValueError:
        logging.getLogger("rapport.test").exception("failed")
    assert "ValueError: odd" in capsys.readouterr().err

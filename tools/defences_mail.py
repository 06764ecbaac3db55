"""What defends the reading of mail: the limits of one mail, and that no mail is misread for convenience."""

from __future__ import annotations

from tools.defence import Defence

_CHILD = "rapport/intake/tests/test_parsing_child.py"
_MEMORY = "rapport/intake/tests/test_reading_memory.py"
_LIMITS = "rapport/channels/email/parsing/limits.py"


def _limit(name: str, text: str, without: str, case: str) -> Defence:
    return Defence(f"R-18: {name} has a limit", _LIMITS, text, without, f"{_MEMORY} -k {case}")


MAIL = [
    Defence(
        "R-09: the parse child holds itself to its memory",
        "rapport/intake/child.py",
        "resource.setrlimit(resource.RLIMIT_DATA, (budget.MEMORY, budget.MEMORY))",
        "pass",
        f"{_CHILD} -k gobble",
    ),
    Defence(
        "R-09: the parse child's processor time ends",
        "rapport/intake/child.py",
        "signal.setitimer(signal.ITIMER_PROF, seconds)",
        "pass",
        f"{_CHILD} -k spin",
    ),
    Defence(
        "R-09: the worker looks at the child's memory",
        "rapport/intake/parsing_child.py",
        "if _own_memory(self._pid) > budget.MEMORY:",
        "if False:",
        f"{_CHILD} -k kernel",
    ),
    Defence(
        "R-09: a slow mail steps aside",
        "rapport/intake/parsing_ahead.py",
        "MOST_ASIDE = 2",
        "MOST_ASIDE = 0",
        "rapport/intake/tests/test_processing.py -k aside",
    ),
    _limit("the depth of parts", "depth: int = 32", "depth: int = 10**9", "depth"),
    _limit("the number of parts", "parts: int = 1000", "parts: int = 10**9", "parts"),
    _limit("the number of headers", "headers: int = 1000", "headers: int = 10**9", "headers"),
    _limit("the length of a header", "header: int = 64 * 1024", "header: int = 10**9", "folds"),
    _limit("the text", "text: int = 4 *", "text: int = 4000 *", "text"),
    _limit("what is unpacked", "unpacked: int = 100 *", "unpacked: int = 10**6 *", "same"),
    _limit("the mail itself", "message: int = 50 *", "message: int = 5000 *", "length"),
    Defence(
        "R-10: half a mail never passes for a whole one",
        "rapport/channels/email/parsing/mail.py",
        "        except MemoryError:\n            raise\n        except Exception as error:",
        "        except Exception as error:",
        "rapport/channels/email/tests/test_parsing_mail.py -k whole_one",
    ),
]

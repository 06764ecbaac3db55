"""The mail door in a process that can be killed a hundred times: a parent with Django ready forks it anew each time.

It prints the id of each door process on a line of its own, and ends when its standard input does.
"""

from __future__ import annotations

import os
import select
import sys
import threading


def main() -> None:
    from rapport.config import starting

    starting.start_django()
    from rapport.intake.door import run_door

    while True:
        pid = os.fork()
        if not pid:
            try:
                run_door(threading.Event())
            finally:
                os._exit(1)
        print(pid, flush=True)
        os.waitpid(pid, 0)
        if select.select([sys.stdin], [], [], 0)[0]:
            return


if __name__ == "__main__":
    main()

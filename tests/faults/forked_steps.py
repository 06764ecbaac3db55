"""Does one act of a scenario in a forked process, with a fault at its N-th step; a parent with Django ready forks anew.

It reads one order a line from its standard input and prints one answer a line: JSON both.
"""

from __future__ import annotations

import gc
from typing import Any

from tests.faults.forking import serve


def main() -> None:
    from rapport.config import preloading, starting

    starting.start_django()
    from rapport.channels.registry import adapter_for
    from tests.faults import scenarios

    # Imported once here, not by every fork.
    preloading.load_worker_modules()
    adapter_for("email").parse(scenarios.MAIL)
    # Without this every fork copies the pages whose reference counts a collection touches.
    gc.collect()
    gc.freeze()
    gc.disable()
    serve(_carry_out, ready={"scenarios": list(scenarios.SCENARIOS)})


def _carry_out(order: dict[str, Any]) -> dict[str, Any]:
    from django.conf import settings

    from tests.faults import scenarios
    from tests.faults.stepping import Steps

    scenario = scenarios.SCENARIOS[order["scenario"]]
    with scenarios.quiet_world():
        if order["do"] == "set up":
            scenario.set_up(order["port"])
            scenarios.same_numbers()
            return {"port": order["port"]}
        if order["do"] == "finish":
            before = scenarios.facts()
            scenario.finish(before=order.get("before"))
            return {"left": before, "end": scenarios.facts()}
        steps = Steps(order["mode"], order["at"], str(settings.ENVIRONMENT.home))
        steps.install()
        try:
            scenario.act()
        except Exception as error:
            return {"names": steps.names, "error": f"{type(error).__name__}: {error}"}
        return {"names": steps.names, "error": ""}


if __name__ == "__main__":
    main()

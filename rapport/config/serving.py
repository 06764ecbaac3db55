"""One web process: Uvicorn on a socket that is open already."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
import socket
import threading
from collections.abc import Generator

import uvicorn

from rapport.config.patience import PatientProtocol

KEEP_ALIVE_SECONDS = 75
GRACE_SECONDS = 3
HEADER_BYTES = 32 * 1024
MAX_CONNECTIONS = 4000
# Python looks for rings among new objects after each seven hundred. A page makes many thousands and hardly a ring: looking
# rarely saves a twentieth of its time.
RARELY = (10_000, 20, 20)


class Server(uvicorn.Server):
    """Leaves signals to serve(), because the group's parent decides who hears what."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """Capture none."""
        yield


def serve(listening: socket.socket) -> None:
    """Answer requests until SIGTERM or, when this is the process a person started, SIGINT."""
    from rapport.config import standing_in
    from rapport.config.asgi import application

    gc.set_threshold(*RARELY)
    stopping = threading.Event()
    config = uvicorn.Config(
        application,
        http=PatientProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=True,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
        h11_max_incomplete_event_size=HEADER_BYTES,
        limit_concurrency=MAX_CONNECTIONS,
    )
    server = Server(config)

    async def run() -> None:
        loop = asyncio.get_running_loop()

        def stop() -> None:
            stopping.set()
            server.should_exit = True
            application.hub.stop()

        loop.add_signal_handler(signal.SIGTERM, stop)
        if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
            loop.add_signal_handler(signal.SIGINT, stop)
        application.hub.start(loop)
        await server.serve(sockets=[listening])

    threading.Thread(target=standing_in.keep_watch, args=(stopping,), name="watch", daemon=True).start()
    asyncio.run(run())

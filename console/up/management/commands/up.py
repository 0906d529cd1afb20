"""`manage.py up`: the whole house on one machine, in the foreground."""

import signal
import time
from argparse import ArgumentParser, BooleanOptionalAction
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from console.up import banner, database, demo, parts, ports, postgres, processes, ready, valkey, ways_in
from console.up.banner import Narrator
from console.up.children import Children
from console.up.lock import only_one
from console.up.refusal import Refusal
from console.up.signals import stopping

PATIENCE = 90.0  # seconds for a part to get ready


class Command(BaseCommand):
    help = "Run everything on this machine: PostgreSQL, Valkey, console, Celery worker and beat, gateway, demo backend."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--demo",
            action=BooleanOptionalAction,
            default={"0": False, "1": True}.get(settings.DEMO),
            help="make the PetStore demo, or leave it out (as STAGEDOOR_DEMO=1 or 0); by default it comes with a new "
            "database",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            House(Narrator()).live(wants_demo=options["demo"])
        except Refusal as refusal:
            raise SystemExit(f"stagedoor: {refusal}") from None


class House:
    def __init__(self, say: Narrator) -> None:
        self.say = say
        self.home = Path(settings.HOME)
        self.children = Children(self.home, say)

    def live(self, *, wants_demo: bool | None) -> None:
        with only_one(self.home), stopping(self._hurry) as stop:
            try:
                self._start(wants_demo)
                while not stop.asked:
                    self.children.watch()
                    time.sleep(0.2)
            except KeyboardInterrupt:
                pass
            finally:
                stop.begun = True
                if stop.asked:
                    self.say("stopping: requests under way are finished first; Ctrl-C again hurries")
                self.children.stop(parts.STOP_ORDER)

    def _hurry(self) -> None:
        self.children.hurry = True

    def _start(self, wants_demo: bool | None) -> None:
        self.say(f"starting in {self.home}")
        self._end_leftovers()
        self._refuse_taken_ports(wants_demo)
        self._postgres()
        self._valkey()
        database.migrate(self.say)
        demo_api = demo.prepare(wanted=wants_demo)
        ways_in.make()
        database.disconnect()
        self._children(demo_api)
        self._check_demo(demo_api)
        self._welcome(demo_api)

    def _end_leftovers(self) -> None:
        signals = dict.fromkeys(parts.STOP_ORDER, signal.SIGTERM) | {postgres.NAME: signal.SIGINT}
        for name in processes.end_leftovers(self.children.run, self.home, signals):
            self.say(f"ended: {name}, which a start that was killed had left running")

    def _refuse_taken_ports(self, wants_demo: bool | None) -> None:
        wanted = {
            "the console": ("STAGEDOOR_CONSOLE_PORT", settings.CONSOLE_PORT),
            "the gateway": ("STAGEDOOR_GATEWAY_PORT", settings.GATEWAY_PORT),
            "the node endpoint": ("STAGEDOOR_NODE_PORT", settings.NODE_PORT),
        }
        if wants_demo is not False:
            wanted["the demo's backend"] = ("STAGEDOOR_DEMO_PORT", settings.DEMO_PORT)
        ports.refuse_taken(wanted)

    def _postgres(self) -> None:
        url = settings.DATABASE_URL
        if not settings.EMBEDDED_DATABASE:
            self.say(f"PostgreSQL {postgres.refuse_unusable(url)}: the one of DATABASE_URL")
            return
        programs, data, sockets = postgres.binaries(), self.home / "postgres", settings.POSTGRES_SOCKETS
        if not data.exists():
            self.say("PostgreSQL: making the database, once")
        postgres.prepare(programs, data, sockets)
        self.children.start(postgres.part(programs, data, sockets, url=url, home=self.home))
        self.children.await_ready(postgres.NAME, seconds=PATIENCE)
        postgres.ensure_database(url)
        self.say("PostgreSQL: ready")

    def _valkey(self) -> None:
        url = settings.VALKEY_URL
        if not settings.EMBEDDED_VALKEY:
            self.say(f"Valkey {valkey.refuse_unusable(url)}: the one of VALKEY_URL")
            return
        data, sockets = self.home / "valkey", settings.VALKEY_SOCKETS
        self.children.start(valkey.part(valkey.executable(), data, sockets, url=url, home=self.home))
        self.children.await_ready(valkey.NAME, seconds=PATIENCE)
        self.say("Valkey: ready")

    def _children(self, demo_api: str | None) -> None:
        """The gateway last: it asks the console at once."""
        together = [parts.console(), parts.worker(), parts.beat(self.home)]
        if demo_api is not None:
            together.append(parts.backend())
        for part in together:
            self.children.start(part)
        self._await(parts.CONSOLE)
        self.children.start(parts.dataplane())
        for name in (part.name for part in together if part.name != parts.CONSOLE):
            self._await(name)
        self._await(parts.DATAPLANE)

    def _await(self, name: str) -> None:
        self.children.await_ready(name, seconds=PATIENCE)
        self.say(f"{name}: ready (pid {self.children.children[name].pid})")

    def _check_demo(self, demo_api: str | None) -> None:
        """Through gateway and backend: the line that is about to be printed works."""
        if demo_api is not None:
            path = demo.path(demo_api)
            self.children.await_answer(
                lambda: ready.answers(settings.GATEWAY_PORT, path), parts.DATAPLANE, seconds=PATIENCE
            )

    def _welcome(self, demo_api: str | None) -> None:
        console, gateway = f"http://127.0.0.1:{settings.CONSOLE_PORT}", settings.GATEWAY_URL
        notes = ["the demo PetStore: delete the API in the console, or start with --no-demo"] if demo_api else []
        call = demo.path(demo_api) if demo_api else "/restapis/{api}/{stage}/_user_request_/{path}"
        banner.tell(banner.ready_line(console, gateway))
        banner.tell(
            banner.ways_in(
                console=console,
                user=ways_in.ADMIN,
                password=ways_in.first_password(),
                aws_config=ways_in.config_file(),
                aws_credentials=ways_in.credentials_file(),
                curl=f"curl {gateway}{call}",
                notes=notes,
            )
        )
        database.disconnect()

"""`python -m console.up.backend`: the small HTTP backend behind the demo API. It knows nothing of Stagedoor.

GET  /pets?type=dog&page=1   POST /pets   GET /pets/{id}   ANY /echo/...   GET /slow?seconds=2
"""

import argparse
import itertools
import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from signal import SIGTERM, signal
from typing import Any
from urllib.parse import parse_qs, urlsplit

PAGE = 3
SLOWEST = 60.0  # seconds
LARGEST = 10 * 1024 * 1024

Answer = tuple[int, Any]


class Pets:
    """As in AWS's example API: three kinds of pet at their prices; what is created is kept until the end."""

    def __init__(self) -> None:
        self._ids = itertools.count(1)
        self._pets: dict[int, dict[str, Any]] = {}
        self._lock = threading.Lock()
        for kind, price in (("dog", 249.99), ("cat", 124.99), ("fish", 0.99), ("dog", 199.5), ("cat", 89.0)):
            self.create({"type": kind, "price": price})

    def create(self, pet: Any) -> Answer:
        if not isinstance(pet, dict) or not isinstance(pet.get("type"), str):
            return 400, {"message": "a pet needs a type"}
        with self._lock:
            made = {"id": next(self._ids), "type": pet["type"], "price": pet.get("price", 0)}
            self._pets[made["id"]] = made
        return 201, made

    def find(self, pet_id: str) -> Answer:
        pet = self._pets.get(int(pet_id)) if pet_id.isascii() and pet_id.isdigit() else None
        return (200, pet) if pet else (404, {"message": f"no pet {pet_id}"})

    def find_all(self, kind: str, page: str) -> Answer:
        with self._lock:
            pets = [pet for pet in self._pets.values() if kind in ("", pet["type"])]
        begin = (int(page) - 1) * PAGE if page.isascii() and page.isdigit() and int(page) else 0
        return 200, pets[begin : begin + PAGE]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    pets = Pets()

    def answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST or self.headers.get("Transfer-Encoding"):
            self.close_connection = True
            self.say(413, {"message": "send a Content-Length of 10 MB at most"})
            return
        body = self.rfile.read(length)
        self.say(*self.route(body))

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_HEAD = answer

    def route(self, body: bytes) -> Answer:
        url = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(url.query).items()}
        match self.command, url.path.strip("/").split("/"):
            case "GET", ["pets"]:
                return self.pets.find_all(query.get("type", ""), query.get("page", "1"))
            case "POST", ["pets"]:
                return self.pets.create(_json(body))
            case "GET", ["pets", pet_id]:
                return self.pets.find(pet_id)
            case _, ["echo", *_]:
                return 200, self.echo(url.path, parse_qs(url.query), body)
            case "GET", ["slow"]:
                return _slow(query.get("seconds", "1"))
        return 404, {"message": f"no {self.command} {url.path}"}

    def echo(self, path: str, query: dict[str, list[str]], body: bytes) -> dict[str, Any]:
        return {
            "method": self.command,
            "path": path,
            "query": query,
            "headers": dict(self.headers.items()),
            "body": body.decode(errors="replace"),
        }

    def say(self, status: int, answer: Any) -> None:
        body = json.dumps(answer).encode() + b"\n"
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Silent: the gateway has the access log."""


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _slow(seconds: str) -> Answer:
    try:
        pause = min(max(float(seconds), 0.0), SLOWEST)
    except ValueError:
        return 400, {"message": "seconds must be a number"}
    time.sleep(pause)
    return 200, {"waited": pause}


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that hangs up is no error of ours."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def serve(host: str, port: int) -> None:
    signal(SIGTERM, lambda *_: sys.exit(0))
    with Server((host, port), Handler) as server:
        print(f"backend: serving on {host}:{server.server_port}", flush=True)
        server.serve_forever(poll_interval=0.1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8090)
    arguments = parser.parse_args()
    serve(arguments.host, arguments.port)

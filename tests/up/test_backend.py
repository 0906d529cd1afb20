"""The demo's backend, asked over its socket."""

import json
import threading
import urllib.error
import urllib.request

import pytest

from console.up.backend import Handler, Pets, Server


@pytest.fixture
def ask(monkeypatch):
    monkeypatch.setattr(Handler, "pets", Pets())
    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()

        def ask(method, path, body=None):
            data = None if body is None else json.dumps(body).encode()
            url = f"http://127.0.0.1:{server.server_port}{path}"
            try:
                with urllib.request.urlopen(urllib.request.Request(url, data, method=method)) as answer:
                    return answer.status, json.load(answer)
            except urllib.error.HTTPError as error:
                with error:
                    return error.code, json.load(error)

        yield ask
        server.shutdown()
        thread.join()


def test_pets_are_listed_by_kind_and_page(ask):
    status, pets = ask("GET", "/pets?type=dog")
    assert (status, {pet["type"] for pet in pets}) == (200, {"dog"})
    assert [pet["id"] for pet in ask("GET", "/pets?page=2")[1]] == [4, 5]


def test_a_pet_that_was_made_is_found(ask):
    status, pet = ask("POST", "/pets", {"type": "bird", "price": 12})
    assert status == 201
    assert ask("GET", f"/pets/{pet['id']}") == (200, pet)


def test_what_is_no_pet_or_not_there_is_refused(ask):
    assert ask("POST", "/pets", ["bird"])[0] == 400
    assert ask("GET", "/pets/99")[0] == 404
    assert ask("GET", "/elsewhere")[0] == 404


def test_echo_says_back_what_it_was_sent(ask):
    status, said = ask("PUT", "/echo/a/b?x=1&x=2", {"k": "v"})
    assert status == 200
    assert (said["method"], said["path"], said["query"]) == ("PUT", "/echo/a/b", {"x": ["1", "2"]})
    assert json.loads(said["body"]) == {"k": "v"}


def test_slow_waits_as_long_as_asked(ask):
    assert ask("GET", "/slow?seconds=0.01") == (200, {"waited": 0.01})
    assert ask("GET", "/slow?seconds=soon")[0] == 400

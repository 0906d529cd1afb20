"""Whether a part answers: asked as its users ask it."""

import http.client
import sys

WAIT = 2.0  # seconds


def answers(port: int, path: str) -> bool:
    return status(port, path) == 200


def status(port: int, path: str) -> int:
    """The status of a GET, or 0 where nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=WAIT)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def worker_answers(hostname: str) -> bool:
    from console.celery import app

    try:
        return bool(app.control.ping(destination=[hostname], timeout=0.5))
    except OSError:
        return False


if __name__ == "__main__":  # a container's health check: `python -m console.up.ready 8000 /sign-in`
    sys.exit(not answers(int(sys.argv[1]), sys.argv[2]))

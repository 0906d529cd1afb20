"""What `up` says on the terminal."""

import os
import shlex
import sys
import time
from collections.abc import Sequence
from pathlib import Path

WIDTH = 10


class Narrator:
    """Each line with the seconds since the start."""

    def __init__(self) -> None:
        self._begun = time.monotonic()

    def __call__(self, text: str) -> None:
        tell(f"[{time.monotonic() - self._begun:6.1f} s] {text}")


def tell(text: str) -> None:
    """A reader that is gone hinders nothing: the Ctrl-C that stops `make up | tee log` has ended tee already."""
    try:
        print(text, flush=True)
    except OSError:
        # What could not be written is still in the buffer, and would fail again when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def ready_line(console: str, gateway: str) -> str:
    return f"ready: console {console}  gateway {gateway}"


def ways_in(
    *,
    console: str,
    user: str,
    password: str,
    aws_config: Path,
    aws_credentials: Path,
    curl: str,
    notes: Sequence[str] = (),
) -> str:
    """`password` empty: it was changed."""
    password_text = f"password: {password}  (the first one; change it in the console)" if password else ""
    lines = [
        ("sign in", f"{console}/  user: {user}  {password_text or 'password: as you set it'}"),
        ("call", curl),
        ("aws", _exports(aws_config, aws_credentials)),
        *(("", note) for note in notes),
        ("stop", "Ctrl-C"),
    ]
    return "\n".join(f"  {what:<{WIDTH}}{text}" for what, text in lines if text)


def _exports(config: Path, credentials: Path) -> str:
    """For aws, boto3 and Terraform in another shell."""
    return (
        f"export AWS_CONFIG_FILE={shlex.quote(str(config))} "
        f"AWS_SHARED_CREDENTIALS_FILE={shlex.quote(str(credentials))} AWS_PROFILE=stagedoor"
    )

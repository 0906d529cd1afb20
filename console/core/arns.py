"""Amazon resource names of what this control plane holds; one control plane is one account and one region."""

from django.conf import settings


def apigateway(path: str, *, account: str = "") -> str:
    """`arn:aws:apigateway:us-east-1::/restapis/abc123`; path begins with a slash. Few kinds name the account."""
    return f"arn:aws:apigateway:{settings.REGION}:{account}:{path}"


def execute_api(api_id: str, stage: str = "*", method: str = "*", path: str = "*") -> str:
    """path without its leading slash."""
    return f"{executed_api(api_id)}/{stage}/{method}/{path}"


def executed_api(api_id: str) -> str:
    """What the ARNs of all its stages begin with."""
    return f"arn:aws:execute-api:{settings.REGION}:{settings.ACCOUNT_ID}:{api_id}"


def user(name: str) -> str:
    return f"arn:aws:iam::{settings.ACCOUNT_ID}:user/{name}"


def audit() -> str:
    """The record of what was done; AWS has none such."""
    return f"arn:aws:stagedoor:{settings.REGION}:{settings.ACCOUNT_ID}:audit"

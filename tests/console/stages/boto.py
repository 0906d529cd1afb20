"""AWS's own client, signing with an access key of a console user."""

from typing import Any

import boto3
from botocore.config import Config

from console.accounts.services import create_access_key, create_user
from console.core.actor import SYSTEM, Role


def client(url: str, role: Role = Role.DEPLOYER) -> Any:
    create_user(SYSTEM, username=role.name.lower(), password="an engine of 1843", role=role)
    key = create_access_key(SYSTEM, username=role.name.lower())
    return boto3.client(
        "apigateway",
        endpoint_url=f"{url}/api",
        region_name="us-east-1",
        aws_access_key_id=key.row.id,
        aws_secret_access_key=key.secret,
        config=Config(retries={"max_attempts": 0}),
    )

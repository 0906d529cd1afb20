"""Domain names for the tests of this room."""

from typing import Any

from console.domains.models import DomainName
from console.domains.services import create_domain_name
from tests.console.stages.drawn import DEPLOYER

CERTIFICATE = "arn:aws:acm:us-east-1:000000000000:certificate/0f2a"


def domain(name: str = "api.example.com", kind: str = "REGIONAL", **given: Any) -> DomainName:
    return create_domain_name(DEPLOYER, domain_name=name, endpoint_configuration={"types": [kind]}, **given)


def named(row: DomainName) -> dict[str, str]:
    """How verbs are told which one is meant."""
    return {"domain_name": row.domain_name, "domain_name_id": row.domain_name_id}

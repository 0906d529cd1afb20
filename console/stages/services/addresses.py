"""Under which addresses a stage answers."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from console.core.gateway import gateway_domain


@dataclass(frozen=True, slots=True)
class Addresses:
    host: str  # http://{api}.execute-api.localhost:8080/{stage}
    path: str  # http://127.0.0.1:8080/restapis/{api}/{stage}/_user_request_


def addresses(rest_api_id: str, stage_name: str) -> Addresses:
    gateway = settings.GATEWAY_URL.rstrip("/")
    parts = urlsplit(gateway)
    port = f":{parts.port}" if parts.port else ""
    return Addresses(
        f"{parts.scheme}://{rest_api_id}.execute-api.{gateway_domain()}{port}/{stage_name}",
        f"{gateway}/restapis/{rest_api_id}/{stage_name}/_user_request_",
    )

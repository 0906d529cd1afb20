"""AWS's operations on client SDKs."""

from typing import Any

from console.core.paging import Page
from console.core.wire import serve
from console.sdks import services


def sdk_type(kind: services.SdkType) -> dict[str, Any]:
    return {
        "id": kind.id,
        "friendlyName": kind.friendly_name,
        "description": kind.description,
        "configurationProperties": [_property(each) for each in kind.properties],
    }


def _property(known: services.SdkProperty) -> dict[str, Any]:
    return {
        "name": known.name,
        "friendlyName": known.friendly_name,
        "description": known.description,
        "required": known.required,
        "defaultValue": known.default or None,
    }


def sdk_types(page: Page[services.SdkType]) -> dict[str, Any]:
    return {"items": [sdk_type(kind) for kind in page.items], "position": page.position}


def sdk(built: services.Built) -> dict[str, Any]:
    return {
        "contentType": "application/octet-stream",
        "contentDisposition": f'attachment; filename="{built.file_name}"',
        "body": built.body,
    }


operations = [
    serve("GetSdkTypes", services.get_sdk_types, sdk_types),
    serve("GetSdkType", services.get_sdk_type, sdk_type),
    serve("GetSdk", services.get_sdk, sdk),
]

"""The wire: Amazon API Gateway's REST protocol, driven by botocore's service model."""

from console.core.wire.operation import Operation, serve

__all__ = ["Operation", "serve"]

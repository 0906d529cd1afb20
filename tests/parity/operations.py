"""AWS's operations, those that are served, and those that are not."""

from collections.abc import Mapping

from botocore.loaders import Loader

from console.urls import operations

AWS = sorted(Loader().load_service_model("apigateway", "service-2")["operations"])
# What AWS lacks (console/core/wire/additions.py) boto3 cannot say; its room tests it.
SERVED = frozenset(operation.name for operation in operations) & frozenset(AWS)
OURS = frozenset(operation.name for operation in operations) - frozenset(AWS)
# What is not served, and why. It shrinks.
NOT_SERVED: Mapping[str, str] = {}

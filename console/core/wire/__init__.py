"""The wire: Amazon API Gateway's REST protocol, driven by botocore's service model.

`urls` and the views are in `views`, which a room's wire.py has no need of.
"""

from console.core.wire.operation import Operation, serve

__all__ = ["Operation", "serve"]

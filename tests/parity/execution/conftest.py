from tests.dataplane.aws.node import node

__all__ = ["node"]

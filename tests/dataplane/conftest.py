from tests.dataplane.aws.node import node
from tests.dataplane.aws.services import services

__all__ = ["node", "services"]

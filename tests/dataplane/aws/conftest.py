from tests.dataplane.aws.node import node
from tests.dataplane.loops import run

__all__ = ["node", "run"]

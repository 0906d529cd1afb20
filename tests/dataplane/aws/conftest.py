from tests.dataplane.loops import run

__all__ = ["run"]

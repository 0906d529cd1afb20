"""One line per record, to stderr."""

import logging


def log_to_stderr(level: str, who: str = "") -> None:
    """`who` marks a worker's lines."""
    mark = f" {who}" if who else ""
    logging.basicConfig(level=level, format=f"%(asctime)s %(levelname)s{mark} %(name)s: %(message)s", force=True)

"""`python -m dataplane`: one node, its agent and its workers, until SIGTERM or SIGINT."""

import uvloop

from dataplane.node import agent
from dataplane.node.logs import log_to_stderr
from dataplane.node.ports import PortTaken
from dataplane.settings import from_environment


def main() -> None:
    settings = from_environment()
    log_to_stderr(settings.log_level)
    try:
        uvloop.run(agent.run(settings))
    except (PortTaken, agent.HomeTaken) as error:
        raise SystemExit(f"dataplane: {error}") from error


if __name__ == "__main__":
    main()

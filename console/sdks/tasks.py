"""Work that takes longer than a page waits."""

from celery import shared_task

from console.sdks import services


@shared_task(name=services.TASK)
def build(digest: str) -> str | None:
    """How it ended; None when another worker has it."""
    return services.build_sdk(digest)


@shared_task(name="sdks.wake")
def wake() -> int:
    """Beat's: the builds whose message or whose worker was lost."""
    waiting = services.waiting_sdks()
    for digest in waiting:
        services.wake(digest)
    return len(waiting)


@shared_task(name="sdks.prune")
def prune() -> int:
    return services.prune()

"""Work off the path of a deploy."""

from celery import shared_task

from console.publishing import services


@shared_task(name="publishing.prune")
def prune() -> dict[str, int]:
    return services.prune()

"""Work that takes longer than a page waits."""

from celery import shared_task

from console.apis import services


@shared_task(name=services.IMPORT_TASK)
def import_document(import_job_id: str) -> str | None:
    """How the job ended; None when another worker has it."""
    job = services.run_import_job(import_job_id)
    return job.state if job is not None else None


@shared_task(name="apis.wake_import_jobs")
def wake_import_jobs() -> int:
    """Beat's: the jobs whose message or whose worker was lost."""
    waiting = services.waiting_jobs()
    for import_job_id in waiting:
        services.wake(import_job_id)
    return len(waiting)

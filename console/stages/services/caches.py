"""Flushing: the counter moves, it is part of every cache key, so no node finds an older entry."""

from django.db.models import F

from console.accounts.services import record
from console.core.actor import Actor, Role
from console.core.verbs import operation_name, verb
from console.stages.models import Stage
from console.stages.services.rows import find_stage, note, stage_arn


@verb(needs=Role.DEPLOYER)
def flush_stage_cache(actor: Actor, *, rest_api_id: str, stage_name: str) -> Stage:
    stage = find_stage(rest_api_id, stage_name, lock=True)
    return _flush(actor, stage, "cache_generation", "flush_stage_cache")


@verb(needs=Role.DEPLOYER)
def flush_stage_authorizers_cache(actor: Actor, *, rest_api_id: str, stage_name: str) -> Stage:
    stage = find_stage(rest_api_id, stage_name, lock=True)
    return _flush(actor, stage, "authorizers_cache_generation", "flush_stage_authorizers_cache")


def _flush(actor: Actor, stage: Stage, counter: str, function_name: str) -> Stage:
    Stage.objects.filter(pk=stage.pk).update(**{counter: F(counter) + 1})
    stage.refresh_from_db(fields=[counter, "generation"])
    counted = {counter: getattr(stage, counter)}
    note(actor, stage, "CACHE_FLUSHED", message=", ".join(f"{name} {number}" for name, number in counted.items()))
    record(actor, operation_name(function_name), stage_arn(stage), counted)
    return stage

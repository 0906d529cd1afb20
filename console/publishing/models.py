"""rows -> snapshot: where the manifest stands, what left it, and what nodes have taken.

The triggers that move the generation are in this room's migrations: they watch the rooms below, so that no verb has to
remember to publish and no door can forget to.
"""

import uuid

from django.db import models


class GenerationQuerySet(models.QuerySet["Generation"]):
    def position(self) -> tuple[int, str] | None:
        """The number, and the origin as nodes know it: with what tells a restored or promoted copy of a database from
        the database, since both go on counting from the same number."""
        lineage = models.Func(function="publishing_lineage", output_field=models.TextField())
        found = self.filter(pk=1).values_list("number", "origin", lineage).first()
        return None if found is None else (found[0], f"{found[1]}.{found[2]}")


class Generation(models.Model):
    """One row: the number of the last published change. Bumped inside the change's own transaction, so that its order
    is the order of commits; `origin` tells one database from another."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.PositiveBigIntegerField(default=0)
    origin = models.UUIDField(default=uuid.uuid4)

    objects = GenerationQuerySet.as_manager()


class Tombstone(models.Model):
    """A stage that left the manifest, and at which generation; gone again when the stage comes back."""

    rest_api_id = models.CharField(max_length=10)
    stage_name = models.CharField(max_length=128)
    generation = models.PositiveBigIntegerField(db_index=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rest_api_id", "stage_name"], name="one_tombstone_per_stage")]


class AccessTombstone(models.Model):
    """An API key or a usage plan that left, and at which generation. Its id never comes back."""

    kind = models.CharField(max_length=4, choices=[("key", "key"), ("plan", "plan")])
    name = models.CharField(max_length=10)
    generation = models.PositiveBigIntegerField(db_index=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "name"], name="one_access_tombstone")]


class Node(models.Model):
    """The last report of one dataplane node."""

    id = models.CharField(primary_key=True, max_length=64)
    report = models.JSONField(default=dict)  # dataplane.snapshot.NodeReport
    generation = models.PositiveBigIntegerField(default=0)
    started_date = models.DateTimeField(null=True)
    seen_date = models.DateTimeField(db_index=True)


class NodeAcknowledgement(models.Model):
    """When a node first reported a generation: the measure of convergence."""

    node = models.ForeignKey(Node, on_delete=models.CASCADE, related_name="acknowledgements")
    generation = models.PositiveBigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["node", "generation"], name="one_acknowledgement")]

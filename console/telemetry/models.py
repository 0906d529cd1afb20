"""What happened: counts per minute that nodes ship; retention removes the old ones."""

from django.db import models


class MinuteCount(models.Model):
    """Requests of one method of one stage in one minute on one node."""

    minute = models.DateTimeField(db_index=True)
    node_id = models.CharField(max_length=64)
    rest_api_id = models.CharField(max_length=10)
    stage_name = models.CharField(max_length=128)
    resource_path = models.CharField(max_length=4096)
    http_method = models.CharField(max_length=16)
    digest = models.CharField(max_length=64, blank=True)
    count = models.PositiveBigIntegerField(default=0)
    count_4xx = models.PositiveBigIntegerField(default=0)
    count_5xx = models.PositiveBigIntegerField(default=0)
    latency_ms_sum = models.FloatField(default=0)
    integration_latency_ms_sum = models.FloatField(default=0)

    class Meta:
        indexes = [models.Index(fields=["rest_api_id", "stage_name", "minute"])]

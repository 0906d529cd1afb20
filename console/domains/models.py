"""By what name, and as whom: domain names and what they map to, VPC links, client certificates.

Records of the control plane. Fields are AWS's members in snake case (botocore's `apigateway` model).
"""

from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.deletion import Collector
from django.utils import timezone

from console.apis.models import RestApi
from console.core import arns, ids
from console.core.faults import BadRequest
from console.core.models import Row
from console.domains import checks
from console.stages.models import Stage


class ClientCertificate(Row):
    """What the gateway shows to backends. The private key never leaves the console but to nodes."""

    id = models.CharField(primary_key=True, max_length=10, default=ids.part_id)
    description = models.TextField(blank=True)
    pem_encoded_certificate = models.TextField()
    private_key_sealed = models.BinaryField()
    created_date = models.DateTimeField()
    expiration_date = models.DateTimeField()
    tags = models.JSONField(default=dict, blank=True)


class VpcLink(Row):
    id = models.CharField(primary_key=True, max_length=10, default=ids.part_id)
    name = models.CharField(max_length=1024)
    description = models.TextField(blank=True)
    target_arns = ArrayField(models.CharField(max_length=2048))
    status = models.CharField(max_length=16)
    status_message = models.TextField(blank=True)
    tags = models.JSONField(default=dict, blank=True)


class DomainNameQuerySet(models.QuerySet["DomainName"]):
    def named(self, name: str, domain_name_id: str = "") -> Self:
        return self.filter(pk=domain_name_key(name, domain_name_id))

    def private(self) -> Self:
        return self.exclude(domain_name_id="")

    def public(self) -> Self:
        return self.filter(domain_name_id="")


def domain_name_key(name: str, domain_name_id: str) -> str:
    """As ARNs have it: a private name is told from others of the same spelling by its id."""
    return f"{name}+{domain_name_id}" if domain_name_id else name


def _edge() -> list[str]:
    return ["EDGE"]  # what AWS makes when the caller names no endpoint type


class DomainName(Row):
    """A certificate may be absent, as it cannot be on AWS: this gateway serves HTTP too."""

    id = models.CharField(primary_key=True, max_length=280)  # domain_name_key
    domain_name = models.CharField(max_length=checks.MAX_DOMAIN_NAME)
    domain_name_id = models.CharField(max_length=10, blank=True)  # of private ones
    endpoint_types = ArrayField(models.CharField(max_length=16), default=_edge, blank=True)
    ip_address_type = models.CharField(max_length=9, default="ipv4")
    security_policy = models.CharField(max_length=64, default="TLS_1_2")
    endpoint_access_mode = models.CharField(max_length=16, blank=True)
    certificate_name = models.CharField(max_length=255, blank=True)
    certificate_arn = models.CharField(max_length=2048, blank=True)
    certificate_upload_date = models.DateTimeField(null=True, blank=True)
    # What was uploaded as such: the certificate and its chain, PEM, and its key.
    certificate_pem = models.TextField(blank=True)
    private_key_sealed = models.BinaryField(null=True, blank=True)
    regional_certificate_name = models.CharField(max_length=255, blank=True)
    regional_certificate_arn = models.CharField(max_length=2048, blank=True)
    regional_domain_name = models.CharField(max_length=253, blank=True)
    distribution_domain_name = models.CharField(max_length=253, blank=True)
    mutual_tls_authentication = models.JSONField(null=True, blank=True)  # {"truststoreUri", "truststoreVersion"}
    ownership_verification_certificate_arn = models.CharField(max_length=2048, blank=True)
    policy = models.TextField(blank=True)
    management_policy = models.TextField(blank=True)
    routing_mode = models.CharField(max_length=64, default="BASE_PATH_MAPPING_ONLY")
    tags = models.JSONField(default=dict, blank=True)
    created_date = models.DateTimeField(default=timezone.now)

    objects = DomainNameQuerySet.as_manager()

    @property
    def is_private(self) -> bool:
        return bool(self.domain_name_id)

    @property
    def arn(self) -> str:
        """AWS names the account in the ARNs of private domain names alone."""
        return arns.apigateway(f"/domainnames/{self.pk}", account=settings.ACCOUNT_ID if self.is_private else "")

    def clean(self) -> None:
        checks.domain_name(self.domain_name)
        checks.endpoint(self.endpoint_types, self.ip_address_type)
        checks.one_of("IpAddressType", "ipAddressType", self.ip_address_type)
        checks.one_of("SecurityPolicy", "securityPolicy", self.security_policy)
        checks.one_of("EndpointAccessMode", "endpointAccessMode", self.endpoint_access_mode)
        checks.one_of("RoutingMode", "routingMode", self.routing_mode)
        checks.access_mode(self.endpoint_access_mode, self.security_policy)
        for member in ("certificateArn", "regionalCertificateArn", "ownershipVerificationCertificateArn"):
            checks.certificate_arn(getattr(self, _field(member)), member)
        checks.policy(self.policy, "policy", private=self.is_private)
        checks.policy(self.management_policy, "managementPolicy", private=self.is_private)
        checks.mutual_tls(self.mutual_tls_authentication, self.endpoint_types)


def _field(member: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in member)


def keep_mapped(collector: Collector, field: Any, mappings: Any, using: str) -> None:
    """What `on_delete` does for a mapping's API and stage: AWS refuses to delete what a domain name leads to."""
    mapping = mappings.select_related("domain_name").order_by("pk").first()
    origin = collector.origin
    kind = origin.model if isinstance(origin, models.QuerySet) else type(origin)
    what, deleting = "RestApi", f"RestApi {mapping.rest_api_id}"
    if kind is Stage:
        what, deleting = "stage", f"stage {mapping.stage.stage_name}"
    domains = sorted(set(mappings.values_list("domain_name__domain_name", flat=True)))
    raise BadRequest(
        f"Deleting {deleting} failed. Please remove all base path mappings related to the {what} in your domains: "
        f"{', '.join(domains)}."
    )


class BasePathMapping(Row):
    domain_name = models.ForeignKey(DomainName, on_delete=models.CASCADE, related_name="base_path_mappings")
    base_path = models.CharField(max_length=checks.MAX_BASE_PATH)  # "(none)" for the empty one
    rest_api = models.ForeignKey(RestApi, on_delete=keep_mapped, related_name="base_path_mappings")
    # Absent, callers name the stage in the path.
    stage = models.ForeignKey(Stage, on_delete=keep_mapped, null=True, blank=True, related_name="base_path_mappings")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["domain_name", "base_path"], name="one_mapping_per_base_path")]


class DomainNameAccessAssociation(Row):
    """A VPC endpoint may call a private domain name."""

    id = models.CharField(primary_key=True, max_length=512)  # its ARN
    domain_name = models.ForeignKey(DomainName, on_delete=models.CASCADE, related_name="access_associations")
    access_association_source_type = models.CharField(max_length=16)
    access_association_source = models.CharField(max_length=64)
    tags = models.JSONField(default=dict, blank=True)

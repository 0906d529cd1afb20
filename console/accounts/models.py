"""Who: users, their access keys, and the record of what they did."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone

from console.core.actor import Role, role_on


class User(AbstractUser):
    """A person or a machine that may sign in; `role` says what they may do."""

    role = models.PositiveSmallIntegerField(choices=[(r.value, r.words) for r in Role], default=Role.VIEWER)
    # Here and not in a table: who asks is read with each request, and this comes along.
    grants = models.JSONField(default=dict, blank=True)  # {"abc123": "DEPLOYER"}, by the API's id

    @property
    def granted(self) -> dict[str, Role]:
        return {rest_api_id: Role[name] for rest_api_id, name in self.grants.items()}

    def role_on(self, rest_api_id: str) -> Role:
        return role_on(rest_api_id, Role(self.role), self.granted)


class AccessKey(models.Model):
    """An AWS-style key pair for signing. The secret is kept sealed: to verify SigV4 takes it in the clear."""

    id = models.CharField(primary_key=True, max_length=20)  # AKIA and sixteen of A-Z2-7
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="access_keys")
    secret_sealed = models.BinaryField()
    active = models.BooleanField(default=True)
    created_date = models.DateTimeField(default=timezone.now)
    last_used_date = models.DateTimeField(null=True, blank=True)


class Token(models.Model):
    """What scripts show instead of signing. Kept as its digest; a revoked one stays, for the record names it."""

    id = models.CharField(primary_key=True, max_length=20)  # SDTK and sixteen of A-Z2-7
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, unique=True)
    created_date = models.DateTimeField(default=timezone.now)
    expires_date = models.DateTimeField()
    last_used_date = models.DateTimeField(null=True, blank=True)
    revoked_date = models.DateTimeField(null=True, blank=True)

    @property
    def is_expired(self) -> bool:
        return self.expires_date <= timezone.now()


class SignInFailure(models.Model):
    """A wrong password, kept for a quarter of an hour: what locks guessers out."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    username = models.CharField(max_length=150, db_index=True)
    source_ip = models.CharField(max_length=64, db_index=True)


class AuditEntry(models.Model):
    """One mutation: written in its transaction, never changed (the database refuses)."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    actor_name = models.CharField(max_length=150)
    access_key_id = models.CharField(max_length=20, blank=True)  # or the token's id
    source_ip = models.CharField(max_length=64, blank=True)
    door = models.CharField(max_length=16)
    request_id = models.CharField(max_length=64, blank=True)
    operation = models.CharField(max_length=64)
    subject = models.CharField(max_length=512, db_index=True)  # an ARN
    changes = models.JSONField(default=dict)


class AuditLink(models.Model):
    """An entry's place in the chain, made by a trigger when the entry's transaction commits; `number` has no gaps.

    `digest` is the SHA-256 of the entry and of the digest before it: see console.accounts.services.audit_chain.
    """

    number = models.BigIntegerField(primary_key=True)
    entry = models.OneToOneField(AuditEntry, on_delete=models.DO_NOTHING, db_constraint=False, related_name="link")
    digest = models.CharField(max_length=64)


class AuditSeal(models.Model):
    """One row: "number:digest" of a link, sealed with a key that the database does not hold."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    head_sealed = models.BinaryField()
    sealed_date = models.DateTimeField(default=timezone.now)


class AuditCheck(models.Model):
    """One row: what came of the last look at the whole chain. `problem` is a sentence, or empty when it holds."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    checked_date = models.DateTimeField(default=timezone.now)
    entries = models.BigIntegerField()
    problem = models.TextField(blank=True)

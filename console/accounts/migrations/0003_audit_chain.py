"""The audit record becomes a chain: what is changed, lost or put in between shows.

Each entry is linked by a deferred trigger, so at the end of its transaction: whoever writes an entry holds the chain's
lock from there to the commit and no longer, and takes it after every other lock, so that no two wait for each other.
Numbers have no gaps and are in the order of commits.

console.accounts.services.audit_chain computes the same digests by itself; the two must not part.
"""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

FORWARD = """
-- Each part with its length in bytes before it, so that no two entries have one text.
CREATE FUNCTION accounts_audit_text(entry accounts_auditentry) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT string_agg(octet_length(part) || ':' || part, '' ORDER BY place) FROM unnest(ARRAY[
        entry.id::text, (extract(epoch FROM entry.at) * 1000000)::bigint::text, entry.actor_name,
        entry.access_key_id, entry.source_ip, entry.door, entry.request_id, entry.operation, entry.subject,
        entry.changes::text
    ]) WITH ORDINALITY AS parts (part, place)
$$;

CREATE FUNCTION accounts_audit_link(entry accounts_auditentry) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    last accounts_auditlink;
    next bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('stagedoor.audit'));
    SELECT * INTO last FROM accounts_auditlink ORDER BY number DESC LIMIT 1;
    next := coalesce(last.number, 0) + 1;
    INSERT INTO accounts_auditlink (number, entry_id, digest) VALUES (next, entry.id, encode(sha256(convert_to(
        next || ':' || coalesce(last.digest, '') || ':' || accounts_audit_text(entry), 'UTF8')), 'hex'));
END $$;

CREATE FUNCTION accounts_auditentry_linked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM accounts_audit_link(NEW);
    RETURN NULL;
END $$;

-- What was written before there was a chain, in the order in which it was written.
DO $$
DECLARE
    entry accounts_auditentry;
BEGIN
    FOR entry IN SELECT * FROM accounts_auditentry ORDER BY id LOOP
        PERFORM accounts_audit_link(entry);
    END LOOP;
END $$;

CREATE CONSTRAINT TRIGGER linked AFTER INSERT ON accounts_auditentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION accounts_auditentry_linked();

-- Retention deletes from the beginning, and says so in the record itself; tests empty their own database.
CREATE OR REPLACE FUNCTION accounts_auditentry_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('stagedoor.prune', true) = 'on' THEN
        RETURN OLD;
    END IF;
    IF TG_OP = 'TRUNCATE' AND current_setting('stagedoor.truncate', true) = 'on' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'The audit record is append only: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON accounts_auditlink
    FOR EACH ROW EXECUTE FUNCTION accounts_auditentry_append_only();
CREATE TRIGGER not_truncated BEFORE TRUNCATE ON accounts_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_auditentry_append_only();
CREATE TRIGGER not_truncated BEFORE TRUNCATE ON accounts_auditlink
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_auditentry_append_only();
"""

BACKWARD = """
DROP TRIGGER not_truncated ON accounts_auditlink;
DROP TRIGGER not_truncated ON accounts_auditentry;
DROP TRIGGER append_only ON accounts_auditlink;
DROP TRIGGER linked ON accounts_auditentry;
DROP FUNCTION accounts_auditentry_linked();
DROP FUNCTION accounts_audit_link(accounts_auditentry);
DROP FUNCTION accounts_audit_text(accounts_auditentry);
CREATE OR REPLACE FUNCTION accounts_auditentry_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The audit record is append only: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_append_only")]
    operations = [
        migrations.CreateModel(
            name="AuditLink",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                (
                    "entry",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="link",
                        to="accounts.auditentry",
                    ),
                ),
                ("digest", models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="AuditSeal",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("head_sealed", models.BinaryField()),
                ("sealed_date", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="AuditCheck",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("checked_date", models.DateTimeField(default=django.utils.timezone.now)),
                ("entries", models.BigIntegerField()),
                ("problem", models.TextField(blank=True)),
            ],
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]

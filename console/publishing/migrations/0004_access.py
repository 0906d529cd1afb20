"""Changes of keys, plans and memberships take the next generation too, each inside its own transaction.

Who locks takes plan, key, generation, in this order: so each trigger that moves a key's generation locks the key before
it bumps. A key that is disabled is nothing to nodes.
"""

from django.db import migrations, models

TRIGGERS = """
-- Where a transaction says that it makes many changes (console.core.bulk), they all take one number: the row's versions
-- of one transaction are a list that each bump walks.
CREATE OR REPLACE FUNCTION publishing_bump() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    shared text := current_setting('stagedoor.generation', true);  -- '', 'shared', or the number that they share
    bumped bigint;
BEGIN
    IF shared ~ '^[0-9]+$' THEN
        RETURN shared::bigint;
    END IF;
    -- The row is made here when it is missing: then it is a new origin, from which every node reads anew.
    INSERT INTO publishing_generation AS g (id, number, origin) VALUES (1, 1, gen_random_uuid())
        ON CONFLICT (id) DO UPDATE SET number = g.number + 1 RETURNING g.number INTO bumped;
    IF shared = 'shared' THEN
        PERFORM set_config('stagedoor.generation', bumped::text, true);
    END IF;
    RETURN bumped;
END $$;

-- What is there already is news to every node.
UPDATE publishing_generation SET number = number + 1
    WHERE EXISTS (SELECT FROM access_apikey) OR EXISTS (SELECT FROM access_usageplan);
UPDATE access_apikey SET generation = (SELECT number FROM publishing_generation);
UPDATE access_usageplan SET generation = (SELECT number FROM publishing_generation);

CREATE FUNCTION publishing_key_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW.generation := CASE WHEN NEW.enabled THEN publishing_bump() ELSE 0 END;
    ELSIF pg_trigger_depth() = 1 THEN  -- deeper, it is a trigger below that moves the generation
        NEW.generation := OLD.generation;
        IF (NEW.enabled, NEW.value_digest) IS DISTINCT FROM (OLD.enabled, OLD.value_digest) THEN
            NEW.generation := publishing_bump();
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION publishing_key_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO publishing_accesstombstone (kind, name, generation, at)
        VALUES ('key', OLD.id, publishing_bump(), clock_timestamp())
        ON CONFLICT (kind, name) DO UPDATE SET generation = EXCLUDED.generation, at = EXCLUDED.at;
    RETURN NULL;
END $$;

CREATE FUNCTION publishing_plan_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        NEW.generation := OLD.generation;
        IF (NEW.api_stages, NEW.throttle, NEW.quota) IS NOT DISTINCT FROM (OLD.api_stages, OLD.throttle, OLD.quota) THEN
            RETURN NEW;
        END IF;
    END IF;
    NEW.generation := publishing_bump();
    RETURN NEW;
END $$;

CREATE FUNCTION publishing_plan_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO publishing_accesstombstone (kind, name, generation, at)
        VALUES ('plan', OLD.id, publishing_bump(), clock_timestamp())
        ON CONFLICT (kind, name) DO UPDATE SET generation = EXCLUDED.generation, at = EXCLUDED.at;
    RETURN NULL;
END $$;

CREATE FUNCTION publishing_keys_move(ids varchar[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    bumped bigint;
BEGIN
    PERFORM 1 FROM access_apikey WHERE id = ANY(ids) AND enabled ORDER BY id FOR NO KEY UPDATE;
    IF FOUND THEN
        bumped := publishing_bump();
        UPDATE access_apikey SET generation = bumped WHERE id = ANY(ids) AND enabled;
    END IF;
END $$;

CREATE FUNCTION publishing_memberships_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM publishing_keys_move(ARRAY(SELECT api_key_id FROM changed));
    RETURN NULL;
END $$;

CREATE FUNCTION publishing_quota_extended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM publishing_keys_move(ARRAY[NEW.api_key_id]);
    RETURN NULL;
END $$;

CREATE TRIGGER key_takes_a_generation BEFORE INSERT OR UPDATE ON access_apikey
    FOR EACH ROW EXECUTE FUNCTION publishing_key_written();
CREATE TRIGGER key_leaves_a_tombstone AFTER DELETE ON access_apikey
    FOR EACH ROW WHEN (OLD.enabled) EXECUTE FUNCTION publishing_key_deleted();
CREATE TRIGGER plan_takes_a_generation BEFORE INSERT OR UPDATE ON access_usageplan
    FOR EACH ROW EXECUTE FUNCTION publishing_plan_written();
CREATE TRIGGER plan_leaves_a_tombstone AFTER DELETE ON access_usageplan
    FOR EACH ROW EXECUTE FUNCTION publishing_plan_deleted();
CREATE TRIGGER membership_moves_its_key AFTER INSERT ON access_usageplankey
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION publishing_memberships_changed();
CREATE TRIGGER membership_that_ends_moves_its_key AFTER DELETE ON access_usageplankey
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION publishing_memberships_changed();
CREATE TRIGGER extension_moves_its_key AFTER UPDATE ON access_usageday
    FOR EACH ROW WHEN (NEW.extension IS DISTINCT FROM OLD.extension) EXECUTE FUNCTION publishing_quota_extended();
CREATE TRIGGER keys_leave_another_origin AFTER TRUNCATE ON access_apikey
    FOR EACH STATEMENT EXECUTE FUNCTION publishing_stages_truncated();
CREATE TRIGGER plans_leave_another_origin AFTER TRUNCATE ON access_usageplan
    FOR EACH STATEMENT EXECUTE FUNCTION publishing_stages_truncated();
CREATE TRIGGER memberships_leave_another_origin AFTER TRUNCATE ON access_usageplankey
    FOR EACH STATEMENT EXECUTE FUNCTION publishing_stages_truncated();
"""

NO_TRIGGERS = """
CREATE OR REPLACE FUNCTION publishing_bump() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    bumped bigint;
BEGIN
    INSERT INTO publishing_generation AS g (id, number, origin) VALUES (1, 1, gen_random_uuid())
        ON CONFLICT (id) DO UPDATE SET number = g.number + 1 RETURNING g.number INTO bumped;
    RETURN bumped;
END $$;
DROP TRIGGER memberships_leave_another_origin ON access_usageplankey;
DROP TRIGGER plans_leave_another_origin ON access_usageplan;
DROP TRIGGER keys_leave_another_origin ON access_apikey;
DROP TRIGGER extension_moves_its_key ON access_usageday;
DROP TRIGGER membership_that_ends_moves_its_key ON access_usageplankey;
DROP TRIGGER membership_moves_its_key ON access_usageplankey;
DROP TRIGGER plan_leaves_a_tombstone ON access_usageplan;
DROP TRIGGER plan_takes_a_generation ON access_usageplan;
DROP TRIGGER key_leaves_a_tombstone ON access_apikey;
DROP TRIGGER key_takes_a_generation ON access_apikey;
DROP FUNCTION publishing_quota_extended();
DROP FUNCTION publishing_memberships_changed();
DROP FUNCTION publishing_keys_move(varchar[]);
DROP FUNCTION publishing_plan_deleted();
DROP FUNCTION publishing_plan_written();
DROP FUNCTION publishing_key_deleted();
DROP FUNCTION publishing_key_written();
"""


class Migration(migrations.Migration):

    dependencies = [
        ("publishing", "0003_lineage"),
        ("access", "0003_generation"),
    ]

    operations = [
        migrations.CreateModel(
            name="AccessTombstone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("key", "key"), ("plan", "plan")], max_length=4)),
                ("name", models.CharField(max_length=10)),
                ("generation", models.PositiveBigIntegerField(db_index=True)),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("kind", "name"), name="one_access_tombstone")],
            },
        ),
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
    ]

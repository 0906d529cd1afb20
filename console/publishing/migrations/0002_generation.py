"""Each change of a stage takes the next generation, inside its own transaction.

publishing_bump() locks the one row of publishing_generation until its transaction ends: the next change waits, so
numbers are given in the order of commits, and a reader that sees number N sees every change up to N.
"""

from django.db import migrations

TRIGGERS = """
CREATE FUNCTION publishing_bump() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    bumped bigint;
BEGIN
    -- The row is made here when it is missing: then it is a new origin, from which every node reads anew.
    INSERT INTO publishing_generation AS g (id, number, origin) VALUES (1, 1, gen_random_uuid())
        ON CONFLICT (id) DO UPDATE SET number = g.number + 1 RETURNING g.number INTO bumped;
    RETURN bumped;
END $$;

CREATE FUNCTION publishing_stage_written() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    unchanged stages_stage := NEW;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.rest_api_id, NEW.stage_name) IS DISTINCT FROM (OLD.rest_api_id, OLD.stage_name) THEN
            RAISE EXCEPTION 'a stage keeps its API and its name' USING ERRCODE = 'restrict_violation';
        END IF;
        NEW.generation := OLD.generation;
        unchanged.generation := OLD.generation;
        unchanged.last_updated_date := OLD.last_updated_date;
        IF unchanged IS NOT DISTINCT FROM OLD THEN
            RETURN NEW;
        END IF;
    END IF;
    NEW.generation := publishing_bump();
    DELETE FROM publishing_tombstone WHERE rest_api_id = NEW.rest_api_id AND stage_name = NEW.stage_name;
    RETURN NEW;
END $$;

CREATE FUNCTION publishing_stage_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO publishing_tombstone (rest_api_id, stage_name, generation, at)
        VALUES (OLD.rest_api_id, OLD.stage_name, publishing_bump(), clock_timestamp())
        ON CONFLICT (rest_api_id, stage_name) DO UPDATE SET generation = EXCLUDED.generation, at = EXCLUDED.at;
    RETURN NULL;
END $$;

CREATE TRIGGER stage_takes_a_generation BEFORE INSERT OR UPDATE ON stages_stage
    FOR EACH ROW EXECUTE FUNCTION publishing_stage_written();
CREATE TRIGGER stage_leaves_a_tombstone AFTER DELETE ON stages_stage
    FOR EACH ROW EXECUTE FUNCTION publishing_stage_deleted();

INSERT INTO publishing_generation (id, number, origin) VALUES (1, 0, gen_random_uuid());
"""

NO_TRIGGERS = """
DROP TRIGGER stage_leaves_a_tombstone ON stages_stage;
DROP TRIGGER stage_takes_a_generation ON stages_stage;
DROP FUNCTION publishing_stage_deleted();
DROP FUNCTION publishing_stage_written();
DROP FUNCTION publishing_bump();
DELETE FROM publishing_generation;
"""


class Migration(migrations.Migration):
    dependencies = [("publishing", "0001_initial"), ("stages", "0002_guards")]
    operations = [migrations.RunSQL(TRIGGERS, NO_TRIGGERS)]

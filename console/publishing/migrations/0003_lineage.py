"""Which database this is, though it has the rows of another: what a backup or a replica cannot take with it.

publishing_lineage() is a part of the origin that nodes are told. It differs once a dump was restored (another cluster or
another database in it), once a backup was restored to a point in time, and once a replica was promoted (another
timeline). Then numbers of generations may have been given twice, so nodes have to read anew.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION publishing_lineage() RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    found oid := (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database());
BEGIN
    RETURN pg_catalog.concat_ws('-',
        (SELECT system_identifier FROM pg_catalog.pg_control_system()),
        (SELECT timeline_id FROM pg_catalog.pg_control_checkpoint()), found);
EXCEPTION WHEN insufficient_privilege OR undefined_function OR feature_not_supported THEN
    RETURN found::text;  -- a hosted database that shows nobody its control file
END $$;

-- TRUNCATE fires no trigger of a row: without their stages, nodes have to read anew.
CREATE FUNCTION publishing_stages_truncated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE publishing_generation SET origin = gen_random_uuid();
    RETURN NULL;
END $$;

CREATE TRIGGER stages_leave_another_origin AFTER TRUNCATE ON stages_stage
    FOR EACH STATEMENT EXECUTE FUNCTION publishing_stages_truncated();
"""

BACKWARD = """
DROP TRIGGER stages_leave_another_origin ON stages_stage;
DROP FUNCTION publishing_stages_truncated();
DROP FUNCTION publishing_lineage();
"""


class Migration(migrations.Migration):
    dependencies = [("publishing", "0002_generation")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]

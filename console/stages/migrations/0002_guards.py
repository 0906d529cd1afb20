"""What was deployed stays as it was: the database refuses, whatever the door."""

from django.db import migrations

GUARDS = """
CREATE FUNCTION stages_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % refused: %', TG_OP, TG_TABLE_NAME, TG_ARGV[0] USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION stages_guard_deployment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    unchanged stages_deployment := NEW;
BEGIN
    unchanged.description := OLD.description;
    unchanged.deleted_date := OLD.deleted_date;
    IF unchanged IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'UPDATE on stages_deployment refused: a deployment is immutable but for its description'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER document_is_immutable BEFORE UPDATE OR DELETE ON stages_document
    FOR EACH ROW EXECUTE FUNCTION stages_refuse('a document is immutable');
CREATE TRIGGER deployment_is_immutable BEFORE UPDATE ON stages_deployment
    FOR EACH ROW EXECUTE FUNCTION stages_guard_deployment();
CREATE TRIGGER deployment_stays BEFORE DELETE ON stages_deployment
    FOR EACH ROW EXECUTE FUNCTION stages_refuse('a deployment is history, even when it is no longer listed');
CREATE TRIGGER event_is_immutable BEFORE UPDATE OR DELETE ON stages_stageevent
    FOR EACH ROW EXECUTE FUNCTION stages_refuse('history is only appended to');
"""

NO_GUARDS = """
DROP TRIGGER event_is_immutable ON stages_stageevent;
DROP TRIGGER deployment_stays ON stages_deployment;
DROP TRIGGER deployment_is_immutable ON stages_deployment;
DROP TRIGGER document_is_immutable ON stages_document;
DROP FUNCTION stages_guard_deployment();
DROP FUNCTION stages_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("stages", "0001_initial")]
    operations = [migrations.RunSQL(GUARDS, NO_GUARDS)]

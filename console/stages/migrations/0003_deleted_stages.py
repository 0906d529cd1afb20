"""A stage that vanishes leaves a line in its history, whatever took it: its API, or plain SQL.

The verb that deletes a stage says so first, and more than the database knows. `stagedoor.actor` is who acts in this
transaction, where a verb has said it; else it is the database's own user.
"""

from django.db import migrations

TRIGGER = """
CREATE FUNCTION stages_note_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last text;
BEGIN
    SELECT kind INTO last FROM stages_stageevent
        WHERE rest_api_id = OLD.rest_api_id AND stage_name = OLD.stage_name ORDER BY id DESC LIMIT 1;
    IF last IS DISTINCT FROM 'DELETED' THEN
        INSERT INTO stages_stageevent
            (at, rest_api_id, stage_name, kind, deployment_id, previous_deployment_id, digest, generation, actor_name,
             message)
        SELECT clock_timestamp(), OLD.rest_api_id, OLD.stage_name, 'DELETED', OLD.deployment_id, OLD.deployment_id,
            document_id, 0, coalesce(nullif(current_setting('stagedoor.actor', true), ''), current_user), ''
        FROM stages_deployment WHERE id = OLD.deployment_id;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER stage_leaves_its_history AFTER DELETE ON stages_stage
    FOR EACH ROW EXECUTE FUNCTION stages_note_deleted();
"""

NO_TRIGGER = """
DROP TRIGGER stage_leaves_its_history ON stages_stage;
DROP FUNCTION stages_note_deleted();
"""


class Migration(migrations.Migration):
    dependencies = [("stages", "0002_guards")]
    operations = [migrations.RunSQL(TRIGGER, NO_TRIGGER)]

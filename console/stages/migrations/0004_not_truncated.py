"""TRUNCATE fires no trigger of a row, so that what cannot be deleted could have been emptied; tests may, in their own."""

from django.db import migrations

TABLES = {
    "stages_document": "a document is immutable",
    "stages_deployment": "a deployment is history, even when it is no longer listed",
    "stages_stageevent": "history is only appended to",
}
GUARD = """
CREATE TRIGGER not_truncated BEFORE TRUNCATE ON {table} FOR EACH STATEMENT
    WHEN (current_setting('stagedoor.truncate', true) IS DISTINCT FROM 'on')
    EXECUTE FUNCTION stages_refuse('{why}');
"""
NO_GUARD = "DROP TRIGGER not_truncated ON {table};"


class Migration(migrations.Migration):
    dependencies = [("stages", "0003_deleted_stages")]
    operations = [
        migrations.RunSQL(GUARD.format(table=table, why=why), NO_GUARD.format(table=table))
        for table, why in TABLES.items()
    ]

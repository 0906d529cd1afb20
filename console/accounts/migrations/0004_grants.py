from django.db import migrations, models

import console.core.actor


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_audit_chain")]
    operations = [
        migrations.AddField("user", "grants", models.JSONField(blank=True, default=dict)),
        migrations.AlterField(
            "user",
            "role",
            models.PositiveSmallIntegerField(
                choices=[(0, "no access"), (1, "viewer"), (2, "developer"), (3, "deployer"), (4, "admin")],
                default=console.core.actor.Role["VIEWER"],
            ),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0002_usage_and_account'),
    ]

    operations = [
        migrations.AddField(
            model_name='apikey',
            name='generation',
            field=models.PositiveBigIntegerField(db_index=True, default=0, editable=False),
        ),
        migrations.AddField(
            model_name='usageplan',
            name='generation',
            field=models.PositiveBigIntegerField(db_index=True, default=0, editable=False),
        ),
    ]

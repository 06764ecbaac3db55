"""Owners and administrators see who changed which setting."""

from django.db import migrations, models

from rapport.people.rights import Right


def grant(apps, schema_editor):
    rights = apps.get_model("people", "RoleRight")
    for role in apps.get_model("people", "Role").objects.filter(key__in=["owner", "administrator"]):
        rights.objects.get_or_create(role=role, right="audit.see")


class Migration(migrations.Migration):
    dependencies = [("people", "0004_personal_signature")]
    operations = [
        migrations.AlterField("roleright", "right", models.CharField(choices=Right.choices, max_length=60)),
        migrations.RunPython(grant, migrations.RunPython.noop),
    ]

"""The audit log is read by `area`; what was recorded before it existed gets its own."""

from django.db import migrations, models

AREAS = ("account", "team", "inbox", "macro", "installation")
ACTS = ("created", "changed", "ended", "archived", "restored", "invited", "uninvited", "held", "released")
AUDITED = models.Q(area__isnull=False)


def tell_areas(apps, schema_editor):
    for area in AREAS:
        kinds = [f"{area}.{act}" for act in ACTS]
        apps.get_model("events", "Event").objects.filter(kind__in=kinds).update(area=area)


class Migration(migrations.Migration):
    dependencies = [("events", "0001_initial")]
    operations = [
        migrations.AddField("event", "area", models.CharField(max_length=30, null=True)),
        migrations.RunPython(tell_areas, migrations.RunPython.noop),
        migrations.AddIndex("event", models.Index(fields=["-at", "-id"], name="event_audit", condition=AUDITED)),
        migrations.AddIndex(
            "event", models.Index(fields=["area", "-at", "-id"], name="event_audit_area", condition=AUDITED)
        ),
        migrations.AddIndex(
            "event", models.Index(fields=["actor_id", "-at", "-id"], name="event_audit_actor", condition=AUDITED)
        ),
    ]

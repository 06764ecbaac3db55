"""Phone numbers known so far become rows of their own. Apart from 0007: PostgreSQL changes no table that rows just entered."""

from django.db import migrations


def keep_numbers(apps, schema_editor):
    """Numbers known so far become rows of their own."""
    phones = apps.get_model("people", "CustomerPhone").objects
    known = apps.get_model("people", "Customer").objects.exclude(phone="").order_by("pk")
    batch = []
    for pk, phone in known.values_list("pk", "phone").iterator(chunk_size=1000):
        batch.append(phones.model(customer_id=pk, number=phone))
        if len(batch) == 1000:
            phones.bulk_create(batch)
            batch = []
    phones.bulk_create(batch)


class Migration(migrations.Migration):
    dependencies = [("people", "0007_customer_panel")]
    operations = [migrations.RunPython(keep_numbers, migrations.RunPython.noop)]

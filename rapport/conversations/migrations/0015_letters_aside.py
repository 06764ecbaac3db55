"""What a first letter aside is about is kept with its draft; a question to a colleague can be taken back into one."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("conversations", "0014_covering")]
    operations = [
        migrations.AddField(model_name="draft", name="about_id", field=models.BigIntegerField(null=True)),
        migrations.AddField(model_name="draft", name="is_forward", field=models.BooleanField(null=True)),
        migrations.AddField(model_name="question", name="about_id", field=models.BigIntegerField(null=True)),
        migrations.AlterField(
            model_name="draft",
            name="kind",
            field=models.CharField(
                choices=[
                    ("reply", "Reply"),
                    ("note", "Note"),
                    ("new", "New conversation"),
                    ("side", "New side conversation"),
                    ("ask", "Question to a colleague"),
                ],
                default="reply",
                max_length=10,
            ),
        ),
    ]

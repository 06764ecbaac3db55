"""Stored bytes and the names given to them."""

from django.db import models


class StoredFile(models.Model):
    """Bytes in the content-addressed store, once, however many attachments name them. `size` in bytes."""

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.BigIntegerField()
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.sha256[:12]


class Attachment(models.Model):
    """A name for a stored file. Without `message_id` it is an upload that waits for its message to be sent."""

    stored = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="attachments")
    conversation_id = models.BigIntegerField(null=True)
    message_id = models.BigIntegerField(null=True, db_index=True)
    uploader_id = models.BigIntegerField(null=True)
    filename = models.CharField(max_length=255)
    mime = models.CharField(max_length=127)
    cid = models.CharField(max_length=255, blank=True)
    inline = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["uploader_id", "id"], name="attachment_upload", condition=models.Q(message_id__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.filename

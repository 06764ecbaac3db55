"""Attachments behind signed, expiring addresses."""

"""What a backup must know of the product's tables, by name, because an archive may be older than the models."""

# Whoever stole an archive could go on with the sessions in it, and browsers that are told something live no longer than
# theirs; counters and caches are worth nothing tomorrow.
LEFT_OUT = ("cache", "django_session", "usersessions_usersession", "notifications_device", "notifications_push")

# A column of this name holds the hash of a stored file. Hashes of other things have longer names (token_sha256).
NAMES_FILES = ("sha256", "raw_sha256", "logo_sha256")

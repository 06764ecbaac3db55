"""What a backup must know of the product's tables, by name, because an archive may be older than the models."""

# Whoever stole an archive could go on with the sessions in it; counters and caches are worth nothing tomorrow.
LEFT_OUT = ("cache", "django_session", "usersessions_usersession")

# A column of this name holds the hash of a stored file. Hashes of other things have longer names (token_sha256).
NAMES_FILES = ("sha256", "raw_sha256", "logo_sha256")

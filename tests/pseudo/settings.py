"""The product's settings with two languages more, whose catalogues `tools.pseudo` has written into its data folder."""

from rapport.config.settings import *  # noqa: F403
from rapport.config.settings import ENVIRONMENT

LANGUAGES = [("en", "English"), ("en-xa", "Longer"), ("ar-xb", "Leftwards")]
LOCALE_PATHS = [ENVIRONMENT.home / "pseudo"]

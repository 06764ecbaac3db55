"""The pages as a plain WSGI application; the server reaches it through rapport.config.bridge."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rapport.config.settings")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

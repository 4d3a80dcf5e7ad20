"""Confapp: schedule a conference, give its agenda away as calendars and PDFs, publish its words once they were said."""

from __future__ import annotations

import logging
import os
import zoneinfo
from pathlib import Path
from typing import Any

from flask_babel import Babel
from werkzeug.middleware.proxy_fix import ProxyFix

from confapp import accounts, api, blueprints, cli, database, web
from confapp.clock import Clock, file_clock, system_clock
from confapp.config import Settings
from confapp.domain import audit
from confapp.web import rendering, throttling, transfer

zoneinfo.reset_tzpath(())  # the pinned tzdata, so that every node makes equal bytes

PACKAGE = Path(__file__).parent
TEMPLATES = next(folder for folder in (PACKAGE.parent / "templates", PACKAGE / "templates") if folder.is_dir())


def create_app(settings: Settings | None = None, clock: Clock | None = None) -> web.ConfappFlask:
    """The app, wired from top to bottom. Raises SettingError for settings that cannot be."""
    settings = settings or Settings.read(os.environ)
    app = web.ConfappFlask(
        __name__,
        instance_path=str(settings.instance.resolve()),
        template_folder=str(TEMPLATES),
        static_folder=str(PACKAGE / "static"),
    )
    app.config.update(_config(settings))
    app.logger.setLevel(settings.log_level)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    app.clock = clock or (file_clock(Path(settings.clock_file)) if settings.clock_file else system_clock)
    if settings.proxies:
        hops = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    audit.use_key(settings.audit_key)

    database.init_app(app)
    Babel(app, locale_selector=rendering.ui_language, default_translation_directories=str(rendering.TRANSLATIONS))
    rendering.init_app(app)
    transfer.init_app(app)
    web.init_app(app)
    throttling.init_app(app)
    accounts.init_app(app)
    blueprints.init_app(app)
    api.init_app(app)
    cli.init_app(app)
    return app


def _config(settings: Settings) -> dict[str, Any]:
    """Flask's and its extensions' own settings, derived from ours."""
    options = database.engine_options(settings.sqlalchemy_url)
    return {
        "CONFAPP": settings,
        "SECRET_KEY": settings.secret_key,
        "TESTING": settings.is_testing,
        "SQLALCHEMY_DATABASE_URI": settings.sqlalchemy_url,
        "SQLALCHEMY_ENGINE_OPTIONS": options,
        "SQLALCHEMY_BINDS": {"public": {"url": settings.sqlalchemy_url, **options}},
        "MAX_CONTENT_LENGTH": settings.upload_limit,
        "MAX_FORM_MEMORY_SIZE": 2_000_000,
        "SESSION_COOKIE_NAME": "__Host-confapp" if settings.is_behind_tls else "confapp",
        "SESSION_COOKIE_SECURE": settings.is_behind_tls,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PREFERRED_URL_SCHEME": "https" if settings.is_behind_tls else "http",
        "WTF_CSRF_CHECK_DEFAULT": False,  # web.ConfappFlask checks, once it knows the view's permit
        "WTF_CSRF_TIME_LIMIT": None,
        "RATELIMIT_ENABLED": not settings.is_testing,
        "RATELIMIT_STORAGE_URI": settings.rate_limit_storage,
        "RATELIMIT_HEADERS_ENABLED": True,
    }

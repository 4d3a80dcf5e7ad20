"""The app that a WSGI server or `flask --app wsgi` runs."""

from confapp import create_app
from confapp.config import SettingError

try:
    app = create_app()
except SettingError as error:
    raise SystemExit(f"Error: {error}") from None

"""The app that a WSGI server or `flask --app wsgi` runs."""

import gc

from confapp import create_app
from confapp.config import SettingError

try:
    app = create_app()
except SettingError as error:
    raise SystemExit(f"Error: {error}") from None
gc.freeze()  # modules, models and the address map live as long as the process: the collector need not walk them again

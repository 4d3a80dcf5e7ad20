"""The app that a WSGI server or `flask --app wsgi` runs."""

from confapp import create_app

app = create_app()

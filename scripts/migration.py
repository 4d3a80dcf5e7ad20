"""Write the next revision of the schema from the tables as the domain declares them: NAME MESSAGE [--again]."""

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command
from flask import Flask
from flask_migrate import Migrate

from confapp import database, migrations

VERSIONS = migrations.FOLDER / "versions"


def write(name: str, message: str, folder: Path) -> None:
    """Autogenerate `versions/NAME.py` against an empty SQLite database brought to the newest revision."""
    app = Flask("migration")
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{folder / 'empty.sqlite3'}"
    database.db.init_app(app)
    Migrate(app, database.db, directory=str(migrations.FOLDER))
    with app.app_context():
        database.watch(database.db.engine, is_public=False)
        config = app.extensions["migrate"].migrate.get_config()
        config.set_main_option("file_template", "%%(rev)s")
        command.upgrade(config, "head")
        command.revision(config, message, autogenerate=True, rev_id=name)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", help="the revision's id and file name, such as 0002_badges")
    parser.add_argument("message", help="what it is for, in one sentence: the file's docstring")
    parser.add_argument("--again", action="store_true", help="it is not released yet: write it anew")
    arguments = parser.parse_args()
    file = VERSIONS / f"{arguments.name}.py"
    if file.exists() and not arguments.again:
        raise SystemExit(f"{file.name} exists already; --again writes it anew, if nobody's database stands there yet.")
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder, file.name)
        if file.exists():
            shutil.move(file, kept)
        try:
            write(arguments.name, arguments.message, Path(folder))
        finally:
            if kept.exists() and not file.exists():
                shutil.move(kept, file)  # a fault must not cost the revision
    if not file.exists():
        raise SystemExit("Nothing to write: the newest revision holds all that the domain declares.")
    ruff = Path(sys.executable).with_name("ruff")
    for command_line in (["format"], ["check", "--fix"], ["format"]):
        subprocess.run([ruff, *command_line, "--quiet", file], check=True)


if __name__ == "__main__":
    main()

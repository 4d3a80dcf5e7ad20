"""The house rules as functions over a folder: each returns one line for every place where a rule is broken."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence, Set
from pathlib import Path

BUILT = {"__pycache__", "node_modules", "static", "static.new", "translations", "assets", ".venv", ".git"}


def modules(root: Path) -> Iterator[tuple[str, Path, ast.Module]]:
    """Every module of the package `confapp` under `root`: dotted name, file, syntax tree."""
    for file in sorted((root / "confapp").rglob("*.py")):
        relative = file.relative_to(root)
        if BUILT & set(relative.parts):
            continue
        parts = relative.with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        yield name, file, ast.parse(file.read_text("utf-8"))


def _where(root: Path, file: Path, node: ast.AST | None = None) -> str:
    return f"{file.relative_to(root).as_posix()}:{getattr(node, 'lineno', 1)}"


# Imports.


def imported(tree: ast.Module, module: str, is_package: bool, known: Set[str]) -> Iterator[tuple[ast.stmt, str]]:
    """Every dotted name that a module imports: within functions and under TYPE_CHECKING too, as knowing is knowing."""
    package = module if is_package else module.rpartition(".")[0]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node, alias.name
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                start = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*start, base] if base else start)
            for alias in node.names:
                inner = f"{base}.{alias.name}"
                yield node, inner if inner in known else base


def wrong_imports(
    root: Path,
    rooms: Sequence[Set[str]],
    domain: Sequence[str],
    exports_see: Set[str],
) -> list[str]:
    """Imports that run upward or sideways between rooms or among the domain's files, and what exports may not see.

    `rooms` holds the rooms (files or folders of the package) from the ground up: one imports only from floors below its
    own, and itself. `domain` is the order of the domain's files, `press.search` for one in a subroom. Also names each
    room and file the lists leave out.
    """
    found = list(modules(root))
    known = {name for name, _, _ in found}
    floor = {room: level for level, names in enumerate(rooms) for room in names}
    order = {name: place for place, name in enumerate(domain)}
    wrong = []
    for name, file, tree in found:
        room, inner = _room(name), _inner(name)
        if file.name == "__main__.py":
            room = ""  # a program of its own, which makes the app as wsgi.py does
        if room not in floor:
            wrong.append(f"{_where(root, file)}: the room {room} has no floor in this test")
            continue
        if room == "domain" and file.name != "__init__.py" and inner not in order:
            wrong.append(f"{_where(root, file)}: {inner} has no place in the domain's order")
            continue
        for node, target in imported(tree, name, file.name == "__init__.py", known):
            line = f"{_where(root, file, node)}: {name} imports {target}"
            if target.split(".")[0] != "confapp":
                if room == "domain" and target.split(".")[0].startswith(("flask", "werkzeug", "jinja2")):
                    wrong.append(line)
                continue
            other, other_inner = _room(target), _inner(target)
            if (
                (other != room and floor.get(other, len(rooms)) >= floor[room])
                or (other == room == "domain" and inner and order.get(other_inner, len(order)) >= order[inner])
                or (room == "exports" and other != "exports" and f"{other}.{other_inner}" not in exports_see)
            ):
                wrong.append(line)
    return wrong


def _room(module: str) -> str:
    """The room of a module: the file or folder of the package; '' for the package itself."""
    return module.split(".")[1] if "." in module else ""


def _inner(module: str) -> str:
    """The file within its room, as `press.search` within the domain; '' for the room itself."""
    return ".".join(module.split(".")[2:])


# Names: the clock and the commit.

READS_THE_CLOCK = frozenset(
    {f"datetime.datetime.{name}" for name in ("now", "utcnow", "today")}
    | {"datetime.date.today"}
    | {f"time.{name}" for name in ("time", "time_ns", "localtime", "gmtime", "ctime", "asctime")}
)


def _dotted(node: ast.AST, names: Mapping[str, str]) -> str | None:
    """What `a.b.c` stands for, `a` looked up among what was imported."""
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.Attribute):
        before = _dotted(node.value, names)
        return f"{before}.{node.attr}" if before else None
    return None


def _names(tree: ast.Module) -> dict[str, str]:
    """What each imported name stands for, aliases too."""
    names = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.split(".")[0]
                names[alias.asname or top] = alias.name if alias.asname else top
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return names


def clock_readers(root: Path) -> list[str]:
    """Whoever reads the time of day outside `confapp/clock.py`."""
    wrong = []
    for module, file, tree in modules(root):
        names = _names(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute | ast.Name) and module != "confapp.clock":
                meant = _dotted(node, names)
                if meant in READS_THE_CLOCK:
                    wrong.append(f"{_where(root, file, node)}: reads the clock by {meant}")
    return wrong


TRANSACTION_WORDS = {"BEGIN", "COMMIT", "END", "ROLLBACK"}


def committers(root: Path) -> list[str]:
    """Whoever opens or ends a transaction outside `confapp/database/__init__.py`; savepoints may be opened anywhere."""
    wrong = []
    for module, file, tree in modules(root):
        if module == "confapp.database":
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in {"commit", "begin", "begin_twophase", "autocommit"}:
                wrong.append(f"{_where(root, file, node)}: .{node.attr} belongs to confapp/database/__init__.py")
            elif isinstance(node, ast.keyword) and node.arg in {"isolation_level", "autocommit"}:
                wrong.append(f"{_where(root, file, node.value)}: {node.arg}= belongs to confapp/database/__init__.py")
            elif isinstance(node, ast.Call) and _sql(node).upper().strip(" ;").split(" ")[0] in TRANSACTION_WORDS:
                wrong.append(f"{_where(root, file, node)}: opens or ends a transaction in SQL")
    return wrong


def _sql(call: ast.Call) -> str:
    """The statement that a call spells out, or ''."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    first = call.args[0] if call.args else None
    takes_sql = name in {"text", "execute", "exec_driver_sql", "executescript"}
    return str(first.value) if takes_sql and isinstance(first, ast.Constant) else ""


# Files.


def misshapen_files(root: Path, limits: Mapping[str, int], exempt: Sequence[str] = ()) -> list[str]:
    """Python files that are too long for their folder (`limits`, '' for any other) or do not say what they are for."""
    wrong = []
    for file in project_files(root, ".py"):
        relative = file.relative_to(root).as_posix()
        words = file.read_text("utf-8")
        length, limit = len(words.splitlines()), limits.get(relative.split("/")[0], limits[""])
        if length > limit and not relative.startswith(tuple(exempt)):
            wrong.append(f"{relative}: {length} lines, more than {limit}; split it by capability")
        if not ast.get_docstring(ast.parse(words)):
            wrong.append(f"{relative}: does not begin by saying what it is for")
    return wrong


def project_files(root: Path, *suffixes: str) -> list[Path]:
    """The files that git tracks or would track (all files where there is no git), with one of the suffixes if any."""
    if (root / ".git").exists():
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        names = subprocess.run(command, cwd=root, check=True, capture_output=True).stdout.decode().split("\0")
        files = [root / name for name in names if name]
    else:
        files = list(root.rglob("*"))
    return sorted(file for file in files if file.is_file() and (not suffixes or file.suffix in suffixes))


FORBIDDEN = re.compile(
    "|".join(
        [
            r"(?<![\w./-])/(work|root|home/\w+)/",
            r"pypi" + r"\.org",
            r"pythonhosted" + r"\.org",
            r"registry\." + r"npmjs",
            r"deb\." + r"debian",
        ]
    )
)
"""Paths of one machine, and the places packages come from."""


def strangers(root: Path) -> list[str]:
    """Lines of text files that name a machine's paths or a package registry."""
    wrong = []
    for file in project_files(root):
        try:
            lines = file.read_text("utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(lines, start=1):
            where = f"{file.relative_to(root).as_posix()}:{number}"
            wrong += [f"{where}: names {named[0]}" for named in FORBIDDEN.finditer(line)]
    return wrong


# Words: the map of the house, the settings, the templates.

ENTRY = re.compile(r"(?P<indent> *)(?P<name>[\w.][\w./-]*)( {2,}.*|)$")


def wrong_map(root: Path) -> list[str]:
    """What README.md's map (the fenced block naming `confapp/`) names but is not there, and folders it leaves out."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", (root / "README.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)
    drawn = next((block for block in blocks if re.search(r"^confapp/", block, re.MULTILINE)), None)
    if drawn is None:
        return ["README.md: no map, a fenced block in which a line begins with confapp/"]
    named: set[str] = set()
    parents: list[tuple[int, str]] = []
    for line in drawn.splitlines():
        entry = ENTRY.match(line)
        if not entry:
            continue
        indent = len(entry["indent"])
        parents = [(depth, path) for depth, path in parents if depth < indent]
        path = (parents[-1][1] if parents else "") + entry["name"]
        named.add(path)
        if path.endswith("/"):
            parents.append((indent, path))
    wrong = [f"README.md: the map names {path}, not there" for path in sorted(named) if not (root / path).exists()]
    folders = {
        f"confapp/{folder.name}/"
        for folder in (root / "confapp").iterdir()
        if folder.is_dir() and folder.name not in BUILT - {"assets"} and any(folder.iterdir())
    }
    return wrong + [f"README.md: the map leaves out {path}" for path in sorted(folders - named)]


def undocumented(root: Path, variables: Set[str]) -> list[str]:
    """Settings that neither README.md nor docs/ explains, and CONFAPP_ variables explained there that do not exist."""
    pages = [root / "README.md", *sorted((root / "docs").rglob("*.md"))]
    words = set(re.findall(r"\b(?:CONFAPP_\w+|DATABASE_URL)\b", "".join(page.read_text("utf-8") for page in pages)))
    return [f"{name}: not documented" for name in sorted(variables - words)] + [
        f"{name}: documented, but no setting" for name in sorted(words - variables)
    ]


INLINE = {
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "an inline script": re.compile(r"<script\b(?![^>]*\ssrc\s*=)", re.IGNORECASE),
    "a style attribute": re.compile(r"(?<![\w-])style\s*=\s*[\"'{]", re.IGNORECASE),
    "an event handler": re.compile(r"(?<![\w-])on[a-z]+\s*=\s*[\"'{]", re.IGNORECASE),
    "a script address": re.compile(r"javascript:", re.IGNORECASE),
}
JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)


def inline_code(root: Path, exempt: Sequence[str] = ()) -> list[str]:
    """What the Content-Security-Policy would refuse in templates; `exempt` folders are not served as pages."""
    wrong = []
    for file in sorted((root / "templates").rglob("*.html")):
        relative = file.relative_to(root).as_posix()
        if relative.startswith(tuple(exempt)):
            continue
        # Jinja's own words become as many spaces and line ends, so that line numbers hold.
        words = JINJA.sub(lambda jinja: re.sub(r"[^\n]", "{", jinja[0]), file.read_text("utf-8"))
        for title, pattern in INLINE.items():
            lines = [words.count("\n", 0, hit.start()) + 1 for hit in pattern.finditer(words)]
            wrong += [f"{relative}:{line}: {title}" for line in lines]
    return wrong

"""Look every pinned package up in the public lists of known weaknesses; say clearly when they do not answer."""

import json
import subprocess
import sys
from pathlib import Path

from scripts import node
from scripts.prepare import REQUIREMENTS, VENV


def explain(message: str) -> None:
    """Say on the error output why a list could not be asked."""
    print(message, file=sys.stderr)


def audit_python() -> bool | None:
    """True: nothing is known against the Python pins; False: something is; None: not all could be looked up."""
    command: list[str | Path] = [
        VENV / "bin" / "pip-audit",
        "--progress-spinner",
        "off",
        "--disable-pip",
        "--require-hashes",
    ]
    for file in sorted(REQUIREMENTS.glob("*.txt")):
        command += ["--requirement", file]
    done = subprocess.run([*command, "--format", "json"], capture_output=True, text=True)
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        explain("\n".join(["pip-audit gave no answer:", *done.stderr.strip().splitlines()[-3:]]))
        return None
    weak = [(package, weakness) for package in packages for weakness in package.get("vulns", [])]
    for package, weakness in weak:
        fixed = ", ".join(weakness["fix_versions"]) or "no version yet"
        print(f"{package['name']} {package['version']}: {weakness['id']}, fixed in {fixed}")
    skipped = [package for package in packages if "skip_reason" in package]
    if skipped:
        explain(
            f"{len(skipped)} of {len(packages)} Python packages could not be looked up; the first: "
            f"{skipped[0]['skip_reason']}"
        )
    if weak:
        return False
    return None if skipped else True


def audit_npm() -> bool | None:
    """The same of the front-end's packages."""
    done = node.npm("audit", "--json", venv=VENV, capture=True)
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        explain(f"npm audit gave no answer (exit status {done.returncode})")
        return None
    if "vulnerabilities" not in answer:
        explain(f"npm audit was refused (HTTP status {answer.get('statusCode', 'unknown')})")
        return None
    for name, weakness in answer["vulnerabilities"].items():
        print(f"{name} {weakness['range']}: {weakness['severity']}")
    return not answer["vulnerabilities"]


def main() -> int:
    """Exit status 0: all looked up, nothing known; 1: something known; 2: a list did not answer."""
    results = {"Python packages": audit_python(), "npm packages": audit_npm()}
    words = {
        True: "nothing known against them",
        False: "known weaknesses, named above",
        None: "NOT AUDITED, the list of known weaknesses did not answer",
    }
    for what, result in results.items():
        print(f"{what}: {words[result]}")
    if False in results.values():
        return 1
    return 2 if None in results.values() else 0


if __name__ == "__main__":
    raise SystemExit(main())

"""Refuse tracked files that do not belong in the repository: caches, large binaries, odd names."""

import re
import subprocess
from pathlib import Path

from .place import CHECKOUT

CACHE = re.compile(r"(^|/)(\.\w+_cache|__pycache__|node_modules|\.hypothesis|\.local)/|\.py[cod]$")
NAME = re.compile(r"[A-Za-z0-9_./@+-]+")
LARGE = 2**20  # bytes


def tracked(root):
    """Return the paths that git tracks below ``root``; none outside a git checkout."""
    command = ["git", "-c", f"safe.directory={root}", "-C", root, "ls-files", "-z"]
    try:
        listed = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return []
    return [name for name in listed.stdout.split("\0") if name]


def faults(root=CHECKOUT):
    """Yield a line for each tracked file that does not belong in the repository."""
    for name in tracked(root):
        path = Path(root) / name
        if CACHE.search(name):
            yield f"{name}: a cache, add it to .gitignore and run git rm --cached"
        elif not NAME.fullmatch(name):
            yield f"{name!r}: use letters, digits and _ . - @ + in file names"
        elif path.is_file() and path.stat().st_size > LARGE and b"\0" in path.read_bytes():
            yield f"{name}: a binary of more than 1 MB"

"""A restic repository: encrypted, deduplicated, local or in an object store.

One backup is a set of three snapshots with one tag: dump, files and finally the manifest; a set
without a manifest is ignored. The key is the repository's password, in a file. Without this
project, ``restic snapshots``, ``restic dump`` and ``pg_restore`` open it.
"""

import json
import os
import re
import subprocess
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..place import Stop
from .source import last_words, program

DATABASE, FILES, MANIFEST = "database.dump", "files", "manifest.json"
KINDS = {DATABASE, FILES, MANIFEST}
FATAL = re.compile(r"Fatal: ((?:(?!\\n|\"}).)+)")
#: While another process holds the lock of the repository.
PATIENCE = ("--retry-lock", "10m")


class Vault:
    """A repository.

    :param place: a folder, or ``s3:…``, ``sftp:…``, ``rest:…``, ``rclone:…`` of restic
    :param key: file with the password, or None where ``RESTIC_PASSWORD`` has it
    """

    def __init__(self, place, key):
        self.place, self.key = str(place), key

    def environment(self, more=None):
        """The variables by which restic finds and opens it."""
        found = {**os.environ, **(more or {}), "RESTIC_REPOSITORY": self.place}
        return found | ({"RESTIC_PASSWORD_FILE": str(self.key)} if self.key else {})

    def run(self, *args, **options):
        """Run restic to its end; Stop with its last words."""
        command = [program("restic"), "--quiet", *map(str, args)]
        done = subprocess.run(
            command, env=self.environment(), capture_output=True, check=False, **options
        )
        if done.returncode:
            raise Stop(f"restic {args[0]} of {self.place}: {_reason(done.stderr)}")
        return done.stdout.decode()

    def prepare(self, like=None):
        """Make the repository where there is none.

        :param like: the ``Vault`` that is copied to it
        """
        try:
            self.run("cat", "config")
        except Stop as fault:
            if "unable to open config" not in str(fault):
                raise
            more = ["--copy-chunker-params", *_from(like)] if like else []
            self.run("init", *more)

    def put(self, database, tag, name, **given):
        """Back up data from ``stdin`` or ``input`` as file ``name``."""
        options = ["--host", database, "--tag", tag, "--stdin", "--stdin-filename", name]
        self.run("backup", *options, **given)

    def put_folder(self, database, tag, folder):
        """Keep all files below ``folder``; by its whole path, for it may be empty."""
        folder.mkdir(parents=True, exist_ok=True)
        options = ["--host", database, "--tag", tag, "--exclude", "checklist"]
        self.run("backup", *options, folder.absolute())

    def sets(self, database):
        """Return ``{tag: {kind: snapshot}}`` of the whole backups of ``database``, oldest first."""
        return {tag: found for tag, found in self._all(database).items() if found.keys() == KINDS}

    def _all(self, database):
        found = {}
        for row in json.loads(self.run("snapshots", "--json", "--host", database)) or ():
            name = Path(row["paths"][0]).name
            kind = name if name in (DATABASE, MANIFEST) else FILES
            found.setdefault(row["tags"][0], {})[kind] = row["id"]
        return dict(sorted(found.items()))

    def retire(self, database, made, keep):
        """Remove old backups and aborted ones before ``made``; return their tags.

        ``made`` stays even if an earlier clock error left tags that look newer.
        """
        every, whole = self._all(database), list(self.sets(database))
        others = [tag for tag in whole if tag != made]
        gone = others[: max(0, len(others) + 1 - keep)] if keep else []
        gone += [tag for tag in every if tag not in whole and tag < made]
        if gone:
            self.run("unlock")  # locks of processes that are no more
            ids = [row for tag in gone for row in every[tag].values()]
            self.run("forget", "--prune", *PATIENCE, *ids)
        return gone

    def copy(self, other, database, tag):
        """Copy one backup from ``other``, the manifest last."""
        found = other.sets(database)[tag]
        for kind in (DATABASE, FILES, MANIFEST):
            self.run("copy", *_from(other), found[kind])

    def manifest(self, found):
        """Return the manifest of a set."""
        return json.loads(self.run("dump", found[MANIFEST], f"/{MANIFEST}"))

    @contextmanager
    def dump(self, found):
        """Yield a stream of the dump of a set; Stop when it does not come to its end."""
        command = ["restic", "--quiet", "dump", found[DATABASE], f"/{DATABASE}"]
        options: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        process: Any = subprocess.Popen(command, env=self.environment(), **options)
        with process:
            try:
                yield process.stdout
                process.stdout.read()
            except BaseException:
                process.kill()
                raise
            said = process.stderr.read()
            if process.wait():
                raise Stop(f"restic dump of {self.place}: {_reason(said)}")

    def lay(self, found, folder):
        """Lay the files of a set into ``folder``."""
        (row,) = json.loads(self.run("snapshots", "--json", found[FILES]))
        self.run("restore", f"{row['id']}:{row['paths'][0]}", "--target", folder)


def _reason(said):
    """Return restic's fatal message, from plain or JSON lines."""
    found = FATAL.search(said.decode(errors="replace"))
    return found[1] if found else last_words(said.decode(errors="replace"))


def _from(other):
    key = ["--from-password-file", other.key] if other.key else []
    return ["--from-repo", other.place, *key]


def new_tag():
    """Return the tag of a backup that begins now."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}"

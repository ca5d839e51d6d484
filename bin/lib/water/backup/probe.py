"""Check a restored database and its files; runs in ``odoo shell``.

Prints ``RESULT`` and one line of JSON: what was checked, and ``[file or record, fault]``.
"""

import hashlib
import json
from pathlib import Path

BATCH = 500
FILES = """
    SELECT id, res_model, res_id, store_fname, checksum, db_datas FROM ir_attachment
     WHERE type = 'binary' AND (store_fname IS NOT NULL OR db_datas IS NOT NULL) ORDER BY id
"""


def files(env):
    """Yield the fault of each attachment, or None: its bytes are those of its checksum."""
    env.cr.execute(FILES)
    for number, model, row, name, checksum, kept in env.cr.fetchall():
        what = f"attachment {number} ({model or '-'} {row or '-'})"
        try:
            content = (
                Path(env["ir.attachment"]._full_path(name)).read_bytes() if name else bytes(kept)
            )
        except OSError:
            yield name, f"{what}: its file {name} is missing"
            continue
        is_same = not checksum or hashlib.sha1(content).hexdigest() == checksum
        yield None if is_same else (name or what, f"{what}: its bytes are not those it was given")


def _batches(env, model, domain=()):
    last = 0
    while rows := env[model].search([("id", ">", last), *domain], order="id", limit=BATCH):
        yield rows
        last = rows[-1].id
        env.invalidate_all()


def chains(env):
    """Yield the faults of each chain of events, an empty list for a whole one."""
    for name, model in sorted(env.items()):
        if model._auto and getattr(model, "_chain_event", None):
            for rows in _batches(env, name):
                for row in rows.with_context(active_test=False):
                    yield [(f"{name} {row.id}", fault) for fault in row._verify_events()]


def sealed(env):
    """Yield the fault of each sealed file, or None: the file by itself, and by its case's chain."""
    if "water.archive" not in env:
        return
    for rows in _batches(env, "water.archive", [("state", "=", "sealed")]):
        for row in rows:
            faults = row._faults()
            yield (row.name, "; ".join(faults)) if faults else None


def check(env):
    """Everything, as JSON can hold it."""
    of_files, of_chains, of_sealed = list(files(env)), list(chains(env)), list(sealed(env))
    faults = [fault for fault in of_files + of_sealed if fault]
    faults += [fault for chain in of_chains for fault in chain]
    counts = {"attachments": len(of_files), "chains": len(of_chains), "sealed": len(of_sealed)}
    return {"faults": faults, "counts": counts}


env = env(context={**env.context, "active_test": False, "lang": "en_US"})  # noqa: F821
print("RESULT " + json.dumps(check(env)))

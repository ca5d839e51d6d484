# Run in odoo shell by tests/cluster_scene.py with RUN in the environment: the fate of filed
# cases.
# ruff: noqa: F821
import hashlib
import json
import os

run, found = os.environ["RUN"], []
for model in ("water.inquiry", "water.complaint"):
    for case in env[model].search([("verbatim", "=like", f"故障 {run}-%")]):
        own = [("res_model", "=", case._name), ("res_id", "=", case.id)]
        files = env["ir.attachment"].search(own)
        breaches = case.event_ids.filtered(lambda event: event.kind == "clock_breached")
        found.append(
            {
                "label": case.verbatim.split()[1],
                "number": case.name,
                "files": sorted(files.mapped("name")),
                "broken": [
                    file.name
                    for file in files
                    if not file.raw or hashlib.sha1(file.raw).hexdigest() != file.checksum
                ],
                "chain": bool(case._verify_events()),
                "clocks": sorted(case.deadline_ids.mapped("kind")),
                "breaches": len(breaches),
            }
        )
print("RESULT " + json.dumps(found, ensure_ascii=False))

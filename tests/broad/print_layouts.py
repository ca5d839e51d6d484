"""Run in ``odoo shell``: prints each report of ours in every layout that a company can choose.

Prints one line of JSON: what stands in a title of the text and not on the paper.
"""

import io
import json
import zipfile

import lxml.html
from pypdf import PdfReader

from odoo.exceptions import AccessError

OURS = "water."
#: Titles, in the language of the demo company, of what the sealing of a complaint alone makes.
DOSSIER = {"投诉卷宗", "检查表", "工单情况", "记录链"}


def titles(html):
    """What stands in the titles of the text of a report, without blanks."""
    found = lxml.html.fromstring(html).xpath(
        "//*[contains(@class, 'page')]//*[self::h1 or self::h2]"
    )
    words = ("".join(title.text_content().split()) for title in found)
    return {text for text in words if text}


def printed(content):
    """All that stands on the paper, without blanks."""
    pages = PdfReader(io.BytesIO(content)).pages
    return "".join("".join(page.extract_text() for page in pages).split())


def look(env, report, record):
    """``(how many titles, those that are not on the paper)``."""
    html, _kind = report._render_qweb_html(report, record.ids)
    content, _kind = report._render_qweb_pdf(report, record.ids)
    wanted, paper = titles(html.decode()), printed(content)
    return len(wanted), sorted(text for text in wanted if text not in paper)


def look_at_dossier(env):
    """Those of a dossier, as it lies in a sealed file, that are not on the paper."""
    case = env["water.complaint"].search([("event_ids", "!=", False)], limit=1)
    # as the sealing would have written it
    env.cr.execute("UPDATE water_complaint SET archived_at = now() WHERE id = %s", [case.id])
    case.invalidate_recordset(["archived_at"])
    content = env["water.archive"]._sealed_content(case, 1)[0]
    with zipfile.ZipFile(io.BytesIO(content)) as sealed:
        paper = printed(sealed.read("dossier.pdf"))
    return sorted(text for text in DOSSIER if text not in paper)


def look_at(env, layout, records, found):
    """Every report in one layout."""
    env.company.external_report_layout_id = layout.view_id
    found["layouts"].append(layout.view_id.key)
    for report, record in records.items():
        if not record:
            continue
        try:
            count, missing = look(env, report, record)
        except AccessError:
            found["refused"].append(report.report_name)
            continue
        found["count"] += bool(count)
        if missing:
            found["missing"][f"{layout.name} {report.name}"] = missing
    missing = look_at_dossier(env)
    if missing:
        found["missing"][f"{layout.name} dossier"] = missing


def walk(env):
    """Every report in every layout."""
    context = {"force_report_rendering": True, "report_pdf_no_attachment": True}
    env = env(context={**env.context, **context})
    reports = env["ir.actions.report"].search(
        [("model", "=like", f"{OURS}%"), ("report_type", "=", "qweb-pdf")]
    )
    records = {report: env[report.model].search([], limit=1) for report in reports}
    found = {"missing": {}, "count": 0, "layouts": [], "refused": []}
    for layout in env["report.layout"].search([]):
        look_at(env, layout, records, found)
    found["refused"] = sorted(set(found["refused"]))
    found["unseen"] = sorted(report.report_name for report in reports if not records[report])
    return found


found = walk(globals()["env"])
globals()["env"].cr.rollback()
print("RESULT", json.dumps(found))

"""Run in ``odoo shell``: prints each report of ours in every layout that a company can choose.

Prints one line of JSON: what stands in a title of the text and not on the paper.
"""

import io
import json
import zipfile

import lxml.html
from pypdf import PdfReader

from odoo import Command, fields
from odoo.exceptions import AccessError

from odoo.addons.water_service_desk.base.trust import trusted

OURS = "water."
#: Titles, in the language of the demo company, of what the sealing of a complaint alone makes.
DOSSIER = {"投诉卷宗", "检查表", "工单情况", "记录链"}


def titles(html):
    """Titles in the text of a report, without blanks."""
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


def make(env, model, **values):
    """Make what its own button makes; read-only fields is written as the system."""
    return trusted(env[model].sudo()).create(values)


def make_absent(env):
    """Records missing in the demo data: assessment, bulletin, destruction, pause, figures."""
    company, case = env.company.id, env["water.complaint"].search([("deadline_ids", "!=", False)])
    item = {"kpi_id": env.ref("water_quality.kpi_k04").id, "weight": 100, "target": 1}
    scheme = make(env, "water.assessment.scheme", name="考核", item_ids=[Command.create(item)])
    of = {"company_id": company, "period_start": "2020-01-01"}
    assessment = make(env, "water.assessment", scheme_id=scheme.id, period_start="2020-01-01")
    line = {"assessment_id": assessment.id, "company_id": company, "user_id": env.uid}
    make(env, "water.assessment.line", is_ordered=True, **line)
    assessment.write({"state": "confirmed", "confirmed_at": fields.Datetime.now()})
    plan = make(env, "water.bulletin.plan", company_id=company, kind="week")
    env["water.bulletin"]._draw_up(plan)
    listed = make(env, "water.destruction", name="XH2020-00001", company_id=company)
    about = {"complaint_id": case[0].id, "destruction_id": listed.id}
    make(env, "water.destruction.line", **about)
    asked = {"kind": "extension", "reason": "管网图待查", "amount": 1, "unit": "working_day"}
    asked |= {"requested_at": fields.Datetime.now(), "requested_by_id": env.uid}
    make(env, "water.deadline.pause", deadline_id=case[0].deadline_ids[0].id, **asked)
    make(env, "water.kpi.sheet", **of).action_recount()


def walk(env):
    """Every report in every layout."""
    make_absent(env)
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

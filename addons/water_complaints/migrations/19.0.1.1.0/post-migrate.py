"""Complaints number their rounds; the mail of an incident speaks as its kind does."""

import json
import re

#: What the mail said until now of every incident, bad water included; the time stands behind it.
OLD = re.compile(
    r"""<t t-if="object\.notice_id\.expected_at and object\.notice_id\.kind == 'progress'">"""
    r"""<br\s*/?>.*?</t>""",
    re.DOTALL,
)
NEW = '<t t-if="object._news_expected()"><br/><strong t-out="object._news_expected()"></strong></t>'


def migrate(cr, version):
    """Count what is there, and bring the mail up to date."""
    cr.execute(
        "UPDATE water_complaint SET handling_round = 1 + reopen_count WHERE reopen_count > 0"
    )
    _incident_mail(cr)
    # whoever takes a complaint about his own unit down is not refused any more
    cr.execute(
        """
        UPDATE ir_rule SET perm_create = FALSE
         WHERE id = (SELECT res_id FROM ir_model_data
                      WHERE module = 'water_complaints' AND name = 'complaint_rule_conflict')
        """
    )


def _incident_mail(cr):
    """Change that part of the template where the company has left it as it was."""
    cr.execute(
        """
        SELECT id, body_html FROM mail_template
         WHERE id = (SELECT res_id FROM ir_model_data
                      WHERE module = 'water_complaints' AND name = 'mail_template_incident')
        """
    )
    for number, bodies in cr.fetchall():
        changed = {lang: OLD.sub(NEW, body or "") for lang, body in bodies.items()}
        if changed != bodies:
            cr.execute(
                "UPDATE mail_template SET body_html = %s WHERE id = %s",
                [json.dumps(changed), number],
            )

"""Rounds are numbered, late promises are on the board, mails of incidents speak as their kinds."""

import json
import re

from odoo import SUPERUSER_ID, api
from odoo.tools import convert_file

from odoo.addons.water_service_desk.base.delivered import renew_words
from odoo.addons.water_service_desk.base.labels import renew_comments
from odoo.addons.water_service_desk.clock.upgraded import bind_todos
from odoo.addons.water_service_desk.external_order.upgraded import fill_orders

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
    # what was promised after the confirmation stands on the duty board
    cr.execute(
        """
        UPDATE water_deadline d SET is_pending = TRUE
          FROM water_complaint c
         WHERE c.id = d.complaint_id AND d.kind = 'promise' AND d.started_at >= c.closed_at
           AND d.met_at IS NULL AND d.state IN ('running', 'breached')
           AND d.is_pending IS NOT TRUE
        """
    )
    # the same bill of a leak is known again by both its days
    cr.execute(
        """
        UPDATE water_compensation c SET origin_key = c.origin_key || ':' || a.period_to
          FROM water_leak_allowance a
         WHERE a.compensation_id = c.id
           AND c.origin_key = 'leak:' || a.account_id || ':' || a.period_from
        """
    )
    _take_back_done(cr)
    _mark_follow_ups(cr)
    _incident_mail(cr)
    _date_announcements(cr)
    env = api.Environment(cr, SUPERUSER_ID, {})
    _mark_judged_again(env)
    renew_comments(env, "water_complaints")
    renew_words(env, "water_complaints")
    _mend_conflicts(cr)
    # an appeal of whose complaint was merged is as closed as that one: such rules are kept
    # from updates, and must not be forgotten by one
    rules = "appeal/security/ir_rule.xml"
    convert_file(env, "water_complaints", rules, {}, mode="init", noupdate=True)


def _mend_conflicts(cr):
    """Whom a complaint is about, and whose it is: such rules are kept from updates."""
    # whoever takes a complaint about his own unit down is not refused any more
    cr.execute(
        """
        UPDATE ir_rule SET perm_create = FALSE
         WHERE id = (SELECT res_id FROM ir_model_data
                      WHERE module = 'water_complaints' AND name = 'complaint_rule_conflict')
        """
    )


def _mark_follow_ups(cr):
    """What goes on with a filed complaint came in once; one that was refused came in with it."""
    fill_orders(cr, "water_complaint")
    bind_todos(cr, "water_complaint")
    cr.execute(
        """
        UPDATE water_complaint AS again SET is_follow_up = TRUE
          FROM water_appeal AS appeal, water_complaint AS ended
         WHERE appeal.follow_up_id = again.id AND ended.id = appeal.complaint_id
           AND ended.state NOT IN ('withdrawn', 'rejected')
        """
    )
    # a question that became a complaint came in as that; one that had been answered, for itself
    cr.execute(
        """
        UPDATE water_inquiry AS asked SET is_follow_up = TRUE
          FROM water_complaint AS mine
         WHERE asked.complaint_id = mine.id AND asked.received_at = mine.received_at
        """
    )


def _take_back_done(cr):
    """A corrective action that was found not to work is not done."""
    cr.execute(
        """
        UPDATE water_improvement SET done_at = NULL
         WHERE state IN ('open', 'in_work', 'reopened') AND done_at IS NOT NULL
        """
    )


def _date_announcements(cr):
    """News before planned work name the dates that they announced."""
    cr.execute(
        """
        UPDATE water_incident_notice n
           SET begin_at = i.told_begin_at, expected_at = COALESCE(n.expected_at, i.told_end_at)
          FROM water_incident i
         WHERE i.id = n.incident_id AND i.is_planned AND n.kind = 'progress'
           AND n.at < i.told_begin_at
        """
    )


def _mark_judged_again(env):
    """A matter that went on after it was filed is justified where it was judged last."""
    env["water.complaint"].search([("is_follow_up", "=", True)])._on_judged_again({}, {})


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

"""Accounts count their events, cases their rounds; an integration has no right on any record.

A chain that was cut off at its end is found by the count, as that of a case. An order of another
body that was not answered stands on the duty board, whatever its case has come to.
Limits remember that they were provisional, and cases that they go on with a filed one.
"""

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL

from odoo.addons.water_service_desk.base.delivered import renew_words
from odoo.addons.water_service_desk.base.labels import renew_comments
from odoo.addons.water_service_desk.clock.upgraded import bind_todos
from odoo.addons.water_service_desk.external_order.upgraded import fill_orders

#: Rules that let an integration read what it filed; rules stay in a database unless taken away.
RULES = ("inquiry_rule_integration", "request_rule_integration", "complaint_rule_integration")


#: What the delivered rules of erasing asked before cases of these kinds could be merged.
OLD_DOMAINS = [
    f"[('erased_at', '=', False), ('legal_hold', '=', False), ('state', 'in', {states})]"
    for states in (["closed", "converted", "withdrawn"], ["closed", "rejected", "withdrawn"])
]
#: Messages name the matter by what may be sent to an address that a stranger has given.
SUBJECT = ('t-out="object.subject"', 't-out="object._customer_subject()"')


def migrate(cr, version):
    """Count what is there."""
    cr.execute(
        """
        UPDATE water_account SET event_count = found.count
          FROM (SELECT account_id, count(*) FROM water_account_event GROUP BY account_id) AS found
         WHERE found.account_id = water_account.id
        """
    )
    cr.execute(
        """
        WITH gone AS (
            DELETE FROM ir_model_data
             WHERE module IN ('water_service_desk', 'water_complaints') AND name IN %s
               AND model = 'ir.rule'
            RETURNING res_id
        )
        DELETE FROM ir_rule WHERE id IN (SELECT res_id FROM gone)
        """,
        [RULES],
    )
    for table in ("water_inquiry", "water_request"):
        cr.execute(
            SQL(
                "UPDATE %s SET handling_round = 1 + reopen_count WHERE reopen_count > 0",
                SQL.identifier(table),
            )
        )
        fill_orders(cr, table)
    cr.execute(
        """
        UPDATE water_deadline SET is_pending = true
         WHERE kind = 'external' AND met_at IS NULL AND state IN ('running', 'breached')
           AND is_pending IS NOT TRUE
        """
    )
    cr.execute("UPDATE water_deadline SET promised_provisional = TRUE WHERE provisional IS TRUE")
    for work in (_name_matters, _take_keys, _remember_years, _bind_todos):
        work(cr)
    env = api.Environment(cr, SUPERUSER_ID, {})
    _bring_data(env)


def _bind_todos(cr):
    for table in ("water_inquiry", "water_request"):
        bind_todos(cr, table)


def _bring_data(env):
    """What new data asks of a function is asked in new databases alone; so are new words."""
    renew_comments(env, "water_service_desk")
    renew_words(env, "water_service_desk")
    guide = env.ref("water_service_desk.guide_pd01")
    if guide.state == "draft":
        guide.action_put_in_force()
    rules = env["data_recycle.model"].with_context(active_test=False)
    rules.search([("domain", "in", OLD_DOMAINS)]).domain = "[]"
    rules._water_install_domains()


def _remember_years(cr):
    """Holidays of these years were loaded: whoever has deleted some does not want them back."""
    cr.execute(
        """
        UPDATE resource_calendar SET water_china_years = found.years
          FROM (SELECT calendar_id, string_agg(DISTINCT extract(year FROM date)::text, ' ') AS years
                  FROM water_calendar_day WHERE official GROUP BY calendar_id) AS found
         WHERE found.calendar_id = resource_calendar.id
        """
    )


def _name_matters(cr):
    """In the words of the company's own templates too: they may say more, never a stranger's."""
    cr.execute(
        """
        UPDATE mail_template SET body_html = replace(body_html::text, %s, %s)::jsonb
         WHERE id IN (SELECT res_id FROM ir_model_data WHERE model = 'mail.template'
                      AND module IN ('water_service_desk', 'water_complaints')
                      AND name <> 'mail_template_notice')
        """,
        [text.replace('"', '\\"') for text in SUBJECT],
    )


def _take_keys(cr):
    """The staff reads what customers were told without the keys that were sent to them."""
    facts = {
        "key": "(/water/track/link/|/water/report/check/|/my/delegates/accept/)[A-Za-z0-9_~=-]+",
        "left": r"\1***",
        "ours": "water.%",
    }
    cr.execute(
        "UPDATE water_message SET body = regexp_replace(body, %(key)s, %(left)s, 'g')"
        " WHERE body ~ %(key)s",
        facts,
    )
    cr.execute(
        "UPDATE mail_message SET body = regexp_replace(body, %(key)s, %(left)s, 'g')"
        " WHERE body ~ %(key)s AND model LIKE %(ours)s",
        facts,
    )

"""Appeals belong to complaints, merging to all cases; numbers are found by any part of them.

"Reset Template" of a mail template reads the file that it came from, and files have moved.
"""

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL
from odoo.tools.sql import column_exists

from odoo.addons.water_service_desk import have_trigrams
from odoo.addons.water_service_desk.base.labels import forget_translations

#: What the company's field and the one of the settings are called among the XML ids.
MOVED = ("field_res_company__water_appeal_days", "field_res_config_settings__water_appeal_days")
#: What complaints alone had, and all cases have now: XML ids, as patterns of ``LIKE``.
KINDS = ("merged", "repeat_linked", "repeat_unlinked", "unmerged", "visit_restored")
KINDS += ("duplicate_joined", "duplicate_left", "duplicate_told")
FOR_ALL_CASES = (
    "%_merge_wizard%",
    "merge_wizard_rule_own",
    "field_res_company__water_repeat_%",
    "field_res_config_settings__water_repeat_%",
    "constraint_res_company_water_repeats_sane",
    "res_config_settings_view_form_repeat",
    *(f"selection__water_case_event__kind__{kind}" for kind in KINDS),
)
#: Indexes of another kind stand under the names that the ORM gives the new ones.
INDEXES = tuple(
    f"{table}__{column}_index"
    for table in ("water_inquiry", "water_request")
    for column in ("name", "external_ref")
)
#: Where the mail templates stand: path → their XML ids.
TEMPLATES = {
    "inquiry/data/mail_template_data.xml": (
        "mail_template_inquiry_acknowledgement",
        "mail_template_inquiry_answer",
        "mail_template_inquiry_thanks",
    ),
    "messaging/data/mail_template_data.xml": ("mail_template_new_date",),
    "delegation/data/mail_template_data.xml": (
        "mail_template_delegate_invitation",
        "mail_template_delegate_ended",
        "mail_template_delegate_news",
    ),
    "request/data/mail_template_data.xml": (
        "mail_template_request_acknowledgement",
        "mail_template_request_accepted",
        "mail_template_materials",
        "mail_template_result",
        "mail_template_request_thanks",
        "mail_template_request_notice",
    ),
    "visit/data/mail_template_data.xml": (
        "mail_template_visit",
        "mail_template_visit_missed",
    ),
}

#: Calendars by which clocks of companies in China run; one of all companies is known by its zone.
IN_CHINA = """
SELECT calendar.id FROM resource_calendar AS calendar
 WHERE calendar.water_own_days_only IS NOT TRUE AND (
       calendar.id IN (
           SELECT company.water_calendar_id FROM res_company AS company
             JOIN res_partner AS partner ON partner.id = company.partner_id
             JOIN res_country AS country ON country.id = partner.country_id
            WHERE country.code = 'CN')
    OR calendar.id IN (
           SELECT line.calendar_id FROM water_standard_line AS line
             JOIN water_standard AS standard ON standard.id = line.standard_id
             LEFT JOIN res_company AS company
                    ON company.id = coalesce(calendar.company_id, standard.company_id)
             LEFT JOIN res_partner AS partner ON partner.id = company.partner_id
             LEFT JOIN res_country AS country ON country.id = partner.country_id
            WHERE coalesce(country.code = 'CN',
                           company.id IS NULL AND calendar.tz IN ('Asia/Shanghai', 'Asia/Urumqi'))))
 ORDER BY calendar.id
"""


def migrate(cr, version):
    """Hand the fields over before Odoo misses them here, and would drop the column."""
    cr.execute(
        """
        UPDATE ir_model_data SET module = 'water_complaints'
         WHERE module = 'water_service_desk' AND name IN %s
           AND EXISTS (SELECT FROM ir_module_module WHERE name = 'water_complaints'
                        AND state IN ('installed', 'to upgrade'))
        """,
        [MOVED],
    )
    _take_over(cr)
    forget_translations(cr, "water_service_desk")
    have_trigrams(api.Environment(cr, SUPERUSER_ID, {}))
    for index in INDEXES:
        cr.execute(SQL("DROP INDEX IF EXISTS %s", SQL.identifier(index)))
    for path, names in TEMPLATES.items():
        cr.execute(
            """
            UPDATE mail_template SET template_fs = %s
             WHERE id IN (SELECT res_id FROM ir_model_data
                           WHERE module = 'water_service_desk' AND name IN %s)
            """,
            [f"water_service_desk/{path}", names],
        )
    _bind_days(cr)
    _tell_apart(cr)


def _take_over(cr):
    """What complaints alone had belongs to all cases: names, and the check of a setting."""
    cr.execute(
        """
        UPDATE ir_model_data SET module = 'water_service_desk'
         WHERE module = 'water_complaints' AND name LIKE ANY (%s)
           AND name NOT IN (SELECT name FROM ir_model_data WHERE module = 'water_service_desk')
        """,
        [list(FOR_ALL_CASES)],
    )
    cr.execute(
        """
        UPDATE ir_model_constraint SET module = desk.id
          FROM ir_module_module AS desk
         WHERE desk.name = 'water_service_desk'
           AND ir_model_constraint.name = 'res_company_water_repeats_sane'
        """
    )


def _tell_apart(cr):
    """Two fields of one model were called alike; a translation that is there would stay."""
    cr.execute(
        """
        UPDATE ir_model_fields
           SET field_description = field_description - 'zh_CN', help = help - 'zh_CN'
         WHERE (model, name) IN (('water.dispatch', 'case_time_left'), ('water.phrase.hit', 'name'),
                                ('water.deadline.pause', 'until'))
        """
    )
    cr.execute("COMMENT ON COLUMN water_phrase_hit.name IS 'Words Said'")
    cr.execute("COMMENT ON COLUMN water_deadline_pause.until IS 'Paused Until'")


def _bind_days(cr):
    """Give the special days of all calendars to those by which clocks in China run.

    Everybody else's calendars, such as those of leave, are what their owners made them.
    """
    if not column_exists(cr, "resource_calendar", "water_own_days_only"):
        return  # every day names its calendar already
    cr.execute("DROP INDEX IF EXISTS water_calendar_day_date_uniq")
    cr.execute(IN_CHINA)
    first, *others = [number for (number,) in cr.fetchall()] or [None]
    for calendar in others:
        cr.execute(
            """
            INSERT INTO water_calendar_day (name, date, kind, official, calendar_id,
                                            create_uid, create_date, write_uid, write_date)
            SELECT name, date, kind, official, %(to)s,
                   create_uid, create_date, write_uid, write_date
              FROM water_calendar_day AS day
             WHERE calendar_id IS NULL AND NOT EXISTS (
                   SELECT FROM water_calendar_day AS own
                    WHERE own.calendar_id = %(to)s AND own.date = day.date)
            """,
            {"to": calendar},
        )
    cr.execute(
        """
        UPDATE water_calendar_day AS day SET calendar_id = %(to)s
         WHERE calendar_id IS NULL AND NOT EXISTS (
               SELECT FROM water_calendar_day AS own
                WHERE own.calendar_id = %(to)s AND own.date = day.date)
        """,
        {"to": first},
    )
    cr.execute("DELETE FROM water_calendar_day WHERE calendar_id IS NULL")

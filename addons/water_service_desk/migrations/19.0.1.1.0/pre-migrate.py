"""The days to appeal belong to complaints; numbers of cases are found by any part of them.

"Reset Template" of a mail template reads the file that it came from, and files have moved.
"""

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL

from odoo.addons.water_service_desk import find_parts_of_words

#: What the company's field and the one of the settings are called among the XML ids.
MOVED = ("field_res_company__water_appeal_days", "field_res_config_settings__water_appeal_days")
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
    cr.execute(
        """
        UPDATE ir_model_fields SET help = help - 'zh_CN'
         WHERE model = 'water.external.wizard' AND name = 'due_at'
        """
    )
    find_parts_of_words(api.Environment(cr, SUPERUSER_ID, {}))
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

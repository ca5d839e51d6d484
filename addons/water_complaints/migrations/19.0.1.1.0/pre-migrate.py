"""Parts of numbers find complaints, and each room brings its own part of a view.

The function by whose fault backups came back without complaints needs nothing here: the model
replaces it whenever the addon is upgraded.

"Reset Template" of a mail template reads the file that it came from, and files have moved.
"""

from odoo.tools import SQL

#: Where the mail templates stand, by their XML ids.
TEMPLATES = {
    "mail_template_acknowledgement": "complaint/data/mail_template_data.xml",
    "mail_template_complaint_thanks": "complaint/data/mail_template_data.xml",
    "mail_template_notice": "notice/data/mail_template_data.xml",
    "mail_template_dissatisfied": "satisfaction/data/mail_template_data.xml",
    "mail_template_ask_again": "satisfaction/data/mail_template_data.xml",
    "mail_template_incident": "incident/data/water_incident_data.xml",
    "mail_template_compensation": "compensation/data/mail_template_compensation_data.xml",
}

#: (model, field): what is called or explained otherwise now; a translation that is there stays, so
#: it goes before the new one comes.
RENAMED = (
    ("water.incident", "kind"),
    ("water.incident", "family_ids"),
    ("water.incident.contact", "is_reached"),
    ("water.incident.wizard", "restored_at"),
)
#: Columns keep in PostgreSQL the label that they were made with.
LABELS = {
    ("water_incident", "kind"): "Nature",
    ("water_incident_contact", "is_reached"): "Reached",
    ("water_incident_wizard", "restored_at"): "Over since",
}


def migrate(cr, version):
    """Make room for indexes of another kind, and for views that stand elsewhere now.

    Views are checked together with their siblings as these are loaded, one file after the other:
    old extensions would not find their place in new views, or bring what others bring now. All of
    them come anew with the upgrade.
    """
    cr.execute("DROP INDEX IF EXISTS water_complaint__name_index")
    cr.execute("DROP INDEX IF EXISTS water_complaint__external_ref_index")
    cr.execute(
        """
        UPDATE ir_ui_view SET arch_db = jsonb_build_object('en_US', '<data/>')
         WHERE inherit_id IS NOT NULL AND mode = 'extension'
           AND id IN (SELECT res_id FROM ir_model_data WHERE module = 'water_complaints'
                         AND model = 'ir.ui.view' AND NOT noupdate)
        """
    )
    for model, name in RENAMED:
        cr.execute(
            """
            UPDATE ir_model_fields
               SET help = help - 'zh_CN', field_description = field_description - 'zh_CN'
             WHERE model = %s AND name = %s
            """,
            [model, name],
        )
    cr.execute(
        """
        UPDATE ir_model_fields_selection SET name = name - 'zh_CN'
         WHERE value = 'restored' AND field_id IN (
               SELECT id FROM ir_model_fields WHERE name = 'kind'
                  AND model IN ('water.incident.notice', 'water.incident.wizard'))
        """
    )
    for (table, column), label in LABELS.items():
        names = SQL.identifier(table), SQL.identifier(column)
        cr.execute(SQL("COMMENT ON COLUMN %s.%s IS %s", *names, label))
    for name, path in TEMPLATES.items():
        cr.execute(
            """
            UPDATE mail_template SET template_fs = %s
             WHERE id = (SELECT res_id FROM ir_model_data
                          WHERE module = 'water_complaints' AND name = %s)
            """,
            [f"water_complaints/{path}", name],
        )

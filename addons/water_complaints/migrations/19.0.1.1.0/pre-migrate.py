"""Parts of numbers find complaints, and each room brings its own part of a view.

The function by whose fault backups came back without complaints needs nothing here: the model
replaces it whenever the addon is upgraded.

"Reset Template" of a mail template reads the file that it came from, and files have moved.
"""

from odoo.addons.water_service_desk.base.labels import forget_translations

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
    forget_translations(cr, "water_complaints")
    for name, path in TEMPLATES.items():
        cr.execute(
            """
            UPDATE mail_template SET template_fs = %s
             WHERE id = (SELECT res_id FROM ir_model_data
                          WHERE module = 'water_complaints' AND name = %s)
            """,
            [f"water_complaints/{path}", name],
        )

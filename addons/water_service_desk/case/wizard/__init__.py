from . import (
    mail_compose_message,
    mail_followers_edit,
    water_once_mixin,
    water_case_wizard_mixin,
    water_contact_wizard,
    water_triage_wizard,
)

from . import water_case_wizard_mixin, water_contact_wizard, water_triage_wizard

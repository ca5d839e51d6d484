from . import water_report_wizard, water_escalate_wizard

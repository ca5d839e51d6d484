from . import water_appeal_wizard, water_notice_wizard

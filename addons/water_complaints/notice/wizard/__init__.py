from . import water_notice_wizard, water_delivery_wizard, water_end_wizard

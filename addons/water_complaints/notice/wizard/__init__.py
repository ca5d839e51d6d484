from . import water_notice_wizard, water_delivery_wizard

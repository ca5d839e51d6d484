from . import water_external_wizard, water_order_import_wizard

from . import water_account, water_zone, water_order_import

from . import water_account, water_zone

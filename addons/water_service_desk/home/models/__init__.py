from . import water_home_item

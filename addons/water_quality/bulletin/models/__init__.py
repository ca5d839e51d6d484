from . import water_bulletin_plan, water_bulletin
from . import water_bulletin_copy

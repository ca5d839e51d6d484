from . import water_relation_wizard

from . import water_anchor_wizard

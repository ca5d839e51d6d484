from . import water_batch_wizard, water_batch_acts

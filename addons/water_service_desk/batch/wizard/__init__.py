from . import water_batch_wizard

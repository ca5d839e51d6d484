from . import water_call

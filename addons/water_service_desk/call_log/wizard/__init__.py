from . import water_call, water_call_import_wizard

from . import water_call_import_wizard

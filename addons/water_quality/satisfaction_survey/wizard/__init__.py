from . import water_table_import_wizard

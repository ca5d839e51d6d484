from . import water_recusal_wizard, water_statement_wizard

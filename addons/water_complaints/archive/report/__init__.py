from . import water_dossier_report, water_destruction_report

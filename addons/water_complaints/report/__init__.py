from . import water_dossier_report, water_destruction_report, water_notice_report

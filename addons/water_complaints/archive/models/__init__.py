from . import (
    ir_sequence,
    mail_message,
    water_dossier,
    water_archive,
    water_destruction,
    water_destruction_line,
    water_complaint_destruction,
    water_complaint_checklist,
    water_complaint_archive_search,
    water_complaint_archive,
    water_archived_file,
    ir_attachment,
)

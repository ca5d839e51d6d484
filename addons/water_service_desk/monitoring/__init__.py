from . import controllers, json_log, log_file, models

json_log.install()
log_file.install()

from . import res_groups, res_users, ir_http, res_config_settings

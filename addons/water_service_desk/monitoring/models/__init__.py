from . import res_config_settings, water_alarm

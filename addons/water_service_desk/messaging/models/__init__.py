from . import (
    ir_qweb,
    mail_mail,
    res_partner,
    mail_template,
    water_addressee_mixin,
    water_case_mixin,
    water_gateway,
    water_message,
    water_message_send,
    res_company,
    res_config_settings,
)

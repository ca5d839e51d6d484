from . import base_partner_merge, water_account_release_wizard

from odoo.addons.water_service_desk.availability import versions

from . import models, wizard, controllers

versions.ADDONS.append("water_complaints")

from . import base_import, privacy_lookup_wizard, privacy_lookup_wizard_line, water_erasure_wizard
from . import water_package_wizard

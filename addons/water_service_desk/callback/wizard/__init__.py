from . import water_callback_wizard, privacy_lookup_wizard

from . import water_inquiry, water_inquiry_portal

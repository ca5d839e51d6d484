from . import water_customer

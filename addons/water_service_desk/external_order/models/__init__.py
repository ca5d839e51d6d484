from . import water_case_mixin, water_order_import

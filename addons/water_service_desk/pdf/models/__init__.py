from . import ir_actions_report, water_letter_mixin

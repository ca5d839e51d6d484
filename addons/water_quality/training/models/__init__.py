from . import water_training_plan, water_training, water_training_attendee
from . import water_training_source, water_staff_document
from . import water_inspection

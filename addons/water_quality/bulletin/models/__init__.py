from . import water_bulletin_plan, water_bulletin, water_bulletin_content, water_bulletin_page
from . import water_bulletin_copy, water_bulletin_sending

import { registry } from "@web/core/registry";

const pages = registry.category("water_manual_pages");
pages.add("water.kpi", "reference/figures/");
pages.add("water.kpi.sheet", "standards/");

import { registry } from "@web/core/registry";

const pages = registry.category("water_manual_pages");
pages.add("water.compensation", "roles/finance/");

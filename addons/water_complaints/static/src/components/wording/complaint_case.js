import { registry } from "@web/core/registry";

// customers read the messages of their complaints
registry.category("water.cases").add("water.complaint", true);

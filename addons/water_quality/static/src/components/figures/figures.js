import { registry } from "@web/core/registry";
import { charField } from "@web/views/fields/char/char_field";

/** A figure that stands with its unit in a text: set like a number, and its column's title too. */
registry.category("fields").add("water_figure", charField);

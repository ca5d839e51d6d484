import { registry } from "@web/core/registry";

const column = (name) => `.o_kanban_group:has(.o_column_title:contains(${name}))`;
const card = (name) => `${column(name)} .o_kanban_record:contains(Tour: not ours)`;

/**
 * A member of a department returns a dispatch that belongs to another one.
 */
registry.category("web_tour.tours").add("water_dispatch_return_tour", {
    steps: () => [
        {
            content: "Return the work from its card",
            trigger: `${card("Waiting")} button[name=action_reject]`,
            run: "click",
        },
        {
            content: "The kind is proposed: it belongs to another department",
            trigger:
                ".modal .o_field_widget[name=reason_id] .o_radio_item:contains(another department) input:checked",
        },
        {
            content: "Say why",
            trigger: ".modal .o_field_widget[name=reason] textarea",
            run: "edit It is about water quality",
        },
        {
            content: "Return it",
            trigger: ".modal footer button[name=action_reject]",
            run: "click",
        },
        {
            content: "The card is with those returned, and says why",
            trigger: `body:not(:has(.modal)) ${card(
                "Returned"
            )}:contains(It is about water quality)`,
        },
    ],
});

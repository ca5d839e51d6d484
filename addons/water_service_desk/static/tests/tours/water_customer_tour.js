import { registry } from "@web/core/registry";

const PAGE = ".o_water_customer";

registry.category("web_tour.tours").add("water_customer_tour", {
    steps: () => [
        { trigger: "button[name='action_customer']", run: "click" },
        { trigger: `${PAGE} h1:contains(张伟)` },
        { trigger: `${PAGE} .o_water_customer_accounts:contains(T700001)` },
        { trigger: `${PAGE} [data-section='cases'] li:contains(发票抬头) button`, run: "click" },
        {
            trigger:
                ".o_form_view .o_field_widget[name='subject'] textarea, .o_form_view .o_field_widget[name='subject'] input, .o_form_view .o_field_widget[name='subject']:contains(发票抬头)",
        },
    ],
});

registry.category("web_tour.tours").add("water_customer_again_tour", {
    steps: () => [
        { trigger: `${PAGE} h1:contains(张伟)` },
        { trigger: `${PAGE} [data-section='cases'] li:contains(水价问题)` },
    ],
});

import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("water_home_tour", {
    steps: () => [
        {
            content: "The app opens with the first page",
            trigger: ".o_app[data-menu-xmlid='water_service_desk.menu_root'], .o_water_home",
            async run({ click, anchor }) {
                if (anchor.matches(".o_app")) {
                    await click();
                }
            },
        },
        {
            content: "My work is listed by what is due",
            trigger: ".o_water_home [data-section=work] li:contains(水表倒转) .btn-link",
            run: "click",
        },
        {
            content: "The row opens the case",
            trigger: ".o_form_view .o_field_widget[name=subject]",
        },
        {
            content: "Back to the first page",
            trigger: ".o_menu_sections [data-menu-xmlid='water_service_desk.menu_home']",
            run: "click",
        },
        {
            content: "Rare lists stand on a page of their own",
            trigger: ".o_menu_sections [data-menu-xmlid='water_service_desk.menu_more']",
            run: "click",
        },
        {
            content: "There they are found by name",
            trigger: ".o_water_directory .o_water_directory_box",
            run: "edit Canned",
        },
        {
            content: "A click opens the list",
            trigger:
                ".o_water_directory:not(:has([data-menu-xmlid$=menu_drill])) [data-menu-xmlid$=menu_canned_response]",
            run: "click",
        },
        {
            content: "The list is open, the page is one click back",
            trigger: ".o_list_view",
        },
        {
            content: "Home again",
            trigger: ".o_menu_sections [data-menu-xmlid='water_service_desk.menu_home']",
            run: "click",
        },
        {
            content: "Who calls is looked up at once",
            trigger: ".o_water_home .o_water_home_call",
            async run({ edit, press }) {
                await edit("13812345678");
                await press("Enter");
            },
        },
        {
            content: "The call screen knows him",
            trigger: ".o_form_view .o_field_widget[name=contact_name] input:value(张伟)",
        },
    ],
});

import { registry } from "@web/core/registry";

/**
 * An agent takes a call, sees the caller's earlier complaint, registers a new one, reads it back
 * with the customer's correction, merges it into the earlier one and takes it out again.
 */
registry.category("web_tour.tours").add("water_registration_tour", {
    steps: () => [
        {
            content: "The telephone rings",
            trigger: ".o_water_call [name=query] input",
            run: "edit 13812345678 && press Tab",
        },
        {
            content: "The earlier complaint of this number is shown while typing",
            trigger: ".o_water_call .o_water_running tr:contains(Tour: first call)",
        },
        {
            content: "Note the customer's own words",
            trigger: ".o_water_call [name=verbatim] textarea",
            run: "edit Tour: second call. Still nobody has come!",
        },
        {
            content: "Choose the category",
            trigger: ".o_water_call [name=category_id] input",
            run: "edit BL02",
        },
        {
            content: "It is in the list",
            trigger: ".o-autocomplete--dropdown-menu .dropdown-item:contains(BL02)",
            run: "click",
        },
        {
            content: "The address",
            trigger: ".o_water_call [name=address] input",
            run: "edit East Road 8",
        },
        {
            content: "What the customer asks for",
            trigger: ".o_water_call [name=demand] input",
            run: "edit Come today",
        },
        {
            content: "Register the complaint",
            trigger: ".o_form_statusbar button[name=action_register_complaint]",
            run: "click",
        },
        {
            content: "The system has composed what is read out",
            trigger:
                ".modal [name=summary]:contains(ends in 5678):contains(Come today):contains(by)",
        },
        {
            content: "The customer corrects the address",
            trigger: ".modal [name=correction] textarea",
            run: "edit It is number 9",
        },
        {
            content: "Read back and confirmed: the button says so",
            trigger: ".modal footer button[name=action_confirm]",
            run: "click",
        },
        {
            content: "Open the case",
            trigger: "body:not(:has(.modal)) .o_form_statusbar button[name=action_open_case]",
            run: "click",
        },
        {
            content: "The correction is on record; the earlier complaint is shown here too",
            trigger: ".o_form_view [name=readback_correction]:contains(It is number 9)",
        },
        {
            content: "It is the same matter",
            trigger: ".o_form_view [name=similar] button[name=action_relate]",
            run: "click",
        },
        {
            content: "Merge it",
            trigger: ".modal [name=how] input[data-value=merge]",
            run: "click",
        },
        {
            content: "Nothing is chosen beforehand: look for the earlier one",
            trigger: ".modal [name=original_id] input:value(/^$/)",
            run: "edit Tour: first call",
        },
        {
            content: "It is this one",
            trigger: ".modal .o-autocomplete--dropdown-item a:contains(Tour: first call)",
            run: "click",
        },
        {
            content: "Save",
            trigger: ".modal footer button[name=action_save]",
            run: "click",
        },
        {
            content: "It is merged",
            trigger: "body:not(:has(.modal)) .o_form_view .ribbon:contains(Merged)",
        },
        {
            content: "Look at what is on file",
            trigger: ".o_notebook .nav-link[name=file]",
            run: "click",
        },
        {
            content: "It was another matter after all",
            trigger: ".o_notebook .tab-pane button[name=action_relate]",
            run: "click",
        },
        {
            content: "Take them apart",
            trigger: ".modal [name=how] input[data-value=undo]",
            run: "click",
        },
        {
            content: "Say why",
            trigger: ".modal:has([name=how] input[data-value=undo]:checked) [name=reason] input",
            run: "edit Another meter",
        },
        {
            content: "Undo it",
            trigger: ".modal footer button[name=action_save]",
            run: "click",
        },
        {
            content: "It is registered again",
            trigger:
                "body:not(:has(.modal)) .o_statusbar_status button.o_arrow_button_current:contains(Registered)",
        },
    ],
});

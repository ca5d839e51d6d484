import { registry } from "@web/core/registry";
import { inputFiles } from "@web/../tests/utils";

/** A photo as a phone's camera hands it over. */
async function photo() {
    const canvas = document.createElement("canvas");
    canvas.width = 640;
    canvas.height = 400;
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#3a6ea5";
    pen.fillRect(0, 0, 640, 400);
    pen.fillStyle = "#ffffff";
    pen.fillText("00021", 300, 200);
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg"));
    return new File([blob], "meter.jpg", { type: "image/jpeg" });
}

/** The picture has really arrived from the server. */
function assertShown(selector) {
    const image = document.querySelector(selector);
    if (!image.complete || !image.naturalWidth) {
        throw new Error(`${selector} is not shown`);
    }
}

const thumb = ".o_field_widget[name=evidence_ids] img.o_water_thumb";

/**
 * A department concludes too soon and is told why; it adds a photo, judges the demand, and goes on.
 */
registry.category("web_tour.tours").add("water_investigation_tour", {
    steps: () => [
        {
            content: "Say at once that the facts are established",
            trigger: "button[name=action_verify]",
            timeout: 60000, // the whole web client is loaded first
            run: "click",
        },
        {
            content: "The words say what is missing",
            trigger:
                ".modal .modal-body:contains(choose the evidence that the conclusion rests on)",
        },
        {
            content: "One of them leads to its place",
            trigger: ".modal button[data-place=finding]",
            run: "click",
        },
        {
            content: "The page of the investigation is open, and the field is pointed at",
            trigger: "body:not(:has(.modal)) .o_field_widget[name=finding].o_water_pointed",
        },
        {
            content: "Add evidence",
            trigger: "body:not(:has(.modal)) button[name=action_add_evidence]",
            run: "click",
        },
        {
            content: "Only pictures are offered, so that the camera is at hand; choose one",
            trigger: ".modal .o_field_widget[name=file]:has(input[accept='image/*'])",
            async run() {
                await inputFiles(".modal .o_field_widget[name=file] input[type=file]", [
                    await photo(),
                ]);
            },
        },
        {
            content: "Say what it shows",
            trigger: ".modal .o_field_widget[name=title] input",
            run: "edit The meter reads 21",
        },
        {
            content: "The file has been taken",
            trigger: ".modal .o_field_widget[name=file] input:value(meter.jpg)",
        },
        {
            content: "Keep it",
            trigger: ".modal footer .btn-primary:contains(Keep)",
            run: "click",
        },
        {
            content: "The gallery shows the photo",
            trigger: `body:not(:has(.modal)) ${thumb}`,
            async run() {
                const image = document.querySelector(thumb);
                image.loading = "eager";
                await image.decode();
                assertShown(thumb);
            },
        },
        {
            content: "Judge what the customer asks for",
            trigger: ".o_field_widget[name=demand_ids] .o_data_row td[name=verdict]",
            run: "click",
        },
        {
            content: "Open the judgements",
            trigger: ".o_field_widget[name=demand_ids] .o_selected_row [name=verdict] input",
            run: "click",
        },
        {
            content: "It is supported",
            trigger: ".o_select_menu_item:contains(Supported)",
            run: "click",
        },
        {
            content: "Name the rule",
            trigger: ".o_field_widget[name=demand_ids] .o_selected_row [name=basis] textarea",
            run: "edit Terms of service, 12",
        },
        {
            content: "Write down what was found",
            trigger: ".o_field_widget[name=investigation] textarea",
            run: "edit The reading was estimated",
        },
        {
            content: "Look for the evidence that it rests on",
            trigger: ".o_field_widget[name=basis_evidence_ids] input",
            run: "edit The meter",
        },
        {
            content: "Choose it",
            trigger: ".o-autocomplete--dropdown-item:contains(The meter reads 21)",
            run: "click",
        },
        {
            content: "Open the findings",
            trigger: ".o_field_widget[name=finding] input",
            run: "click",
        },
        {
            content: "Upheld",
            trigger: ".o_select_menu_item:contains(/^Upheld$/)",
            run: "click",
        },
        {
            content: "Open the liable parties",
            trigger: ".o_field_widget[name=liability] input",
            run: "click",
        },
        {
            content: "The company",
            trigger: ".o_select_menu_item:contains(/^Company$/)",
            run: "click",
        },
        {
            content: "Now the facts are established",
            trigger: "button[name=action_verify]",
            run: "click",
        },
        {
            content: "The complaint has moved",
            trigger: ".o_statusbar_status button.o_arrow_button_current:contains(Handling)",
        },
    ],
});

/**
 * An agent proposes a plan, talks with the customer, and writes down that he accepts.
 */
registry.category("web_tour.tours").add("water_negotiation_tour", {
    steps: () => [
        {
            content: "Open the page of the plan",
            trigger: ".o_notebook .nav-link[name=handling]",
            timeout: 60000, // the whole web client is loaded first
            run: "click",
        },
        {
            content: "Make a plan",
            trigger: "button[name=action_plan]",
            run: "click",
        },
        {
            content: "Say what is offered",
            trigger: ".modal .o_field_widget[name=text] textarea",
            run: "edit We correct the bill",
        },
        {
            content: "Propose it without saying who does what",
            trigger: ".modal footer button[name=action_propose]",
            run: "click",
        },
        {
            content: "The words say what is missing",
            trigger: ".modal .modal-body:contains(by whom and until when)",
        },
        {
            content: "Close them",
            trigger:
                ".modal:has(.modal-body:contains(by whom and until when)) .modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "Add an action",
            trigger:
                ".modal .o_field_widget[name=action_ids] .o_field_x2many_list_row_add a, .modal .o_field_widget[name=action_ids] button.o_field_x2many_list_row_add",
            run: "click",
        },
        {
            content: "What is done",
            trigger: ".modal .o_field_widget[name=action_ids] .o_selected_row [name=name] input",
            run: "edit Correct the bill",
        },
        {
            content: "Open the day",
            trigger:
                ".modal .o_selected_row [name=due_on] input, .modal .o_selected_row [name=due_on] button",
            run: "click",
        },
        {
            content: "Until when",
            trigger: ".o_datetime_picker .o_today",
            run: "click",
        },
        {
            content: "Propose it",
            trigger: ".modal footer button[name=action_propose]",
            run: "click",
        },
        {
            content: "Version 1 is on the table; talk with the customer",
            trigger:
                "body:not(:has(.modal)):has(.o_field_widget[name=resolution_ids] .o_data_row:contains(On the table)) button[name=action_negotiate]",
            run: "click",
        },
        {
            content: "The offer is filled in; the customer agrees",
            trigger:
                ".modal:has(.o_field_widget[name=offer] textarea:value(We correct the bill)) .o_field_widget[name=answer] .o_radio_item:contains(Accepted) input",
            run: "click",
        },
        {
            content: "Word for word",
            trigger: ".modal .o_field_widget[name=settlement] textarea",
            run: "edit The bill is corrected and nothing else is claimed",
        },
        {
            content: "Keep the round",
            trigger: ".modal footer .btn-primary:contains(Keep the Round)",
            run: "click",
        },
        {
            content: "The version is in force, with what was agreed on",
            trigger:
                "body:not(:has(.modal)) .o_form_view:has(.alert-success:contains(nothing else is claimed)) .o_field_widget[name=resolution_ids] .o_data_row:contains(Accepted)",
        },
    ],
});

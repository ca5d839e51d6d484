import { describe, expect, test } from "@odoo/hoot";
import { advanceTime } from "@odoo/hoot-mock";
import { whereAmI } from "@water_service_desk/components/arrive/arrive_widget";

describe.current.tags("headless");

test("the place comes from the phone", async () => {
    const phone = {
        getCurrentPosition: (found) =>
            found({ coords: { latitude: 31.2, longitude: 121.5, accuracy: 8 } }),
    };
    expect(await whereAmI(phone)).toEqual({ latitude: 31.2, longitude: 121.5, accuracy: 8 });
});

test("a refusal is no place", async () => {
    const phone = { getCurrentPosition: (found, refused) => refused({ code: 1 }) };
    expect(await whereAmI(phone)).toBe(null);
    expect(await whereAmI(null)).toBe(null);
});

test("a phone that does not answer does not keep anybody at the door", async () => {
    const place = whereAmI({ getCurrentPosition: () => {} }, 500);
    await advanceTime(600);
    expect(await place).toBe(null);
});

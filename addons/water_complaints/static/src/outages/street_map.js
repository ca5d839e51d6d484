/**
 * A street map in place of the plain drawing, where the company has a tile server. Runs after
 * Leaflet on the page of outages; without either, the drawing stays.
 */
(() => {
    const place = document.getElementById("water_street_map");
    const L = window.L;
    if (!place || !L) {
        return;
    }
    /** As in the drawing and its key. */
    const COLOURS = {
        outage: "#c4373e",
        pressure: "#d98c1f",
        quality: "#7a4fa3",
        planned: "#7fb0cf",
    };
    const { areas, tankers } = JSON.parse(place.dataset.drawn);
    if (!areas.length && !tankers.length) {
        return;
    }
    /** Words are text, whatever they hold. */
    const words = (text, anchor) => {
        const node = document.createElement(anchor ? "a" : "span");
        node.textContent = text;
        if (anchor) {
            node.href = anchor;
        }
        return node;
    };
    place.hidden = false;
    const map = L.map(place, { attributionControl: true, scrollWheelZoom: false });
    const credit = document.createElement("span");
    credit.textContent = place.dataset.credit;
    L.tileLayer(place.dataset.url, { attribution: credit.innerHTML, maxZoom: 19 }).addTo(map);
    const shown = L.featureGroup();
    for (const area of areas) {
        const color = COLOURS[area.look] || COLOURS.outage;
        L.geoJSON(area.shape, { style: { color, weight: 2, fillOpacity: 0.35 } })
            .bindPopup(() => words(area.line, area.anchor))
            .addTo(shown);
    }
    for (const tanker of tankers) {
        L.circleMarker(tanker.at, { radius: 7, color: "#0b5c8a", fillOpacity: 0.9 })
            .bindPopup(() => words(tanker.place))
            .addTo(shown);
    }
    shown.addTo(map);
    map.fitBounds(shown.getBounds(), { padding: [16, 16], maxZoom: 16 });
    document.querySelector("svg.o_water_map")?.remove();
})();

"""The example clients of ``doc/clients``, as an integrator would use them."""

import base64
import sys
from pathlib import Path

import pytest
from test_api import SECRET, SETUP, case
from visitor import run_in_shell

CLIENTS = Path(__file__).parents[1] / "doc" / "clients"
SERVER_OPTIONS = []
IN_BROWSER = """
async ([code, url, db, key, filed]) => {
    const module = await import("data:text/javascript;base64," + code);
    const service = new module.WaterService(url, db, key);
    const made = await service.call("submit", { case: filed });
    const { status } = await service.call("status", { external_id: filed.external_id });
    const refused = await service.call("status", { external_id: "absent" }).catch((e) => e);
    return [made.result, status, refused instanceof module.WaterError, refused.status];
}
"""


@pytest.fixture(scope="module")
def key(server, stack):
    script = SETUP % ("wechat", "http://127.0.0.1:9/events", SECRET)
    return run_in_shell(stack, server.db, script)["wechat"]


def test_python(server, key, monkeypatch):
    monkeypatch.syspath_prepend(CLIENTS)
    import water_client  # noqa: PLC0415  # a file that integrators copy, no module of ours

    service = water_client.WaterService(server.base_url, server.db, key)
    assert service.call("submit", case=case("py-1"))["result"] == "created"
    assert service.call("submit", case=case("py-1"))["result"] == "known"
    assert service.call("status", external_id="py-1")["status"]
    with pytest.raises(water_client.WaterError) as refused:
        service.call("status", external_id="absent")
    assert refused.value.status == 404
    assert refused.value.message
    sys.modules.pop("water_client")


def test_javascript(server, key, browser):
    code = base64.b64encode((CLIENTS / "water_client.mjs").read_bytes()).decode()
    context = browser.new_context(base_url=server.base_url)
    try:
        page = context.new_page()
        page.goto("/web/login")
        told = page.evaluate(IN_BROWSER, [code, server.base_url, server.db, key, case("js-1")])
    finally:
        context.close()
    assert told[0] == "created"
    assert told[1]
    assert told[2:] == [True, 404]

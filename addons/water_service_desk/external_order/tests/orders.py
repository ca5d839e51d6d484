"""An order as tests hand it in."""

#: An order as a forwarding body would send it, received on the frozen morning.
ORDER = {
    "external_ref": "QH-0001",
    "description": "市民反映早晚高峰水压低。\n五楼以上出不来水。",
    "demand": "恢复水压",
    "contact_name": "张先生",
    "phone": "13800138000",
    "address": "东城路8号2单元",
    "category": "BL03",
    "occurred_at": "2026-03-10 19:00",
    "received_at": "2026-03-11 09:30",
    "external_due_at": "2026-03-18 12:00",
    "external_issuer": "清河市热线中心",
}
#: Why it is returned, by which rule, and whose matter it is.
RETURN = ("不属供水范围", "《城镇排水与污水处理条例》第五条", "市住建局排水处")

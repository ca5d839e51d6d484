"""The interface of WeChat's official accounts; pure Python.

Names, codes and lengths as in the platform's documentation of 模板消息 (template messages)
and of 稳定版接口调用凭据 (stable access token).
"""

API = "https://api.weixin.qq.com/cgi-bin"

#: Fields of a gateway that sends template messages. The app's ID is to be filled in.
PRESET = {
    "url": f"{API}/message/template/send?access_token={{token}}",
    "method": "POST",
    "headers": "{}",
    "body_format": "json",
    "body": (
        '{"touser": "{address}", "template_id": "{code}", "url": "{link}",'
        ' "client_msg_id": "{key}", "data": "{data}"}'
    ),
    "success_path": "errcode",
    "success_value": "0",
    "reference_path": "msgid",
    "token_url": f"{API}/stable_token",
    "token_body": ('{"grant_type": "client_credential", "appid": "AppID", "secret": "{secret}"}'),
    "token_path": "access_token",
    "token_seconds_path": "expires_in",
    "token_refused": "40001, 40014, 42001",
    # unknown user, no follower, refused by the user, unknown template, wrong data
    "hopeless_value": "40003, 43004, 43101, 40037, 47003",
}

#: Most characters of a value, by how its key begins; longer ones are refused by the platform.
LONGEST = {
    "thing": 20,
    "character_string": 32,
    "name": 10,
    "phrase": 5,
    "number": 32,
    "letter": 32,
    "symbol": 5,
    "const": 20,
}


def shortened(data):
    """Return the values of a template message, cut to the platform's lengths.

    :param data: ``{"thing1": {"value": text}, …}``
    """
    return {key: {**part, "value": _cut(key, part["value"])} for key, part in data.items()}


def _cut(key, text):
    most = LONGEST.get(key.rstrip("0123456789"), len(text))
    return text if len(text) <= most else f"{text[: most - 1]}…"

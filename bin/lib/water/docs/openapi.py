"""The interface's description as tables, so that a reader needs no program of others."""

import yaml

from . import words as wording

WORDS = wording.of("openapi")


class Writer:
    """Writes one description in one language."""

    def __init__(self, text, language):
        self.spec = yaml.safe_load(text)
        self.words = WORDS[language]
        self.schemas = self.spec["components"]["schemas"]

    def page(self):
        """Return all calls and all objects, as Markdown."""
        calls = [self._call(path, item["post"]) for path, item in self.spec["paths"].items()]
        objects = [self._object(name, schema) for name, schema in self.schemas.items()]
        return "\n\n".join(
            [f"## {self.words['calls']}", *calls, f"## {self.words['objects']}", *objects]
        )

    def _call(self, path, call):
        body = _content(call.get("requestBody", {}))
        good = next(value for code, value in call["responses"].items() if code.startswith("2"))
        parts = [f"### {call['operationId']}", f"`POST {path}`", f"{_clean(call['summary'])}."]
        parts.append(f"**{self.words['in']}**: {self.words['nothing'] if not body else ''}")
        parts.append(self._fields(body))
        parts.append(f"**{self.words['out']}**: {self._type(_content(good) or {})}")
        return "\n\n".join(part for part in parts if part)

    def _object(self, name, schema):
        about = _clean(schema.get("description", ""))
        body = self._fields(schema) or self._type(schema)
        parts = [f"### {name} {{ #{name.lower()} }}", about, body]
        return "\n\n".join(filter(None, parts))

    def _fields(self, schema):
        found, must = self._properties(schema)
        if not found:
            return ""
        rows = [
            f"| `{name}` | {self._type(value)} | {self.words['yes'] if name in must else ''} "
            f"| {_clean(value.get('description', ''))} |"
            for name, value in found.items()
        ]
        heads = " | ".join(self.words[key] for key in ("field", "type", "must", "about"))
        return "\n".join([f"| {heads} |", "| --- | --- | --- | --- |", *rows])

    def _properties(self, schema):
        found, must = dict(schema.get("properties", {})), set(schema.get("required", ()))
        for part in schema.get("allOf", ()):
            inner, needed = self._properties(part)
            found, must = found | inner, must | needed
        return found, must

    def _type(self, schema):
        if "$ref" in schema:
            name = schema["$ref"].rsplit("/", 1)[1]
            return f"[{name}](#{name.lower()})"
        for key in ("allOf", "oneOf", "anyOf"):
            if key in schema:
                kinds = [self._type(part) for part in schema[key]]
                return " + ".join(dict.fromkeys(kinds)) if key == "allOf" else " / ".join(kinds)
        if "enum" in schema:
            return f"{self.words['one of']} " + ", ".join(f"`{value}`" for value in schema["enum"])
        if "const" in schema:
            return f"`{schema['const']}`"
        return self._plain(schema)

    def _plain(self, schema):
        kind = schema.get("type", "object")
        if kind == "array":
            return self.words["list of"] + self._type(schema.get("items", {}))
        if kind == "object" and schema.get("properties"):
            inner = ", ".join(f"`{name}`" for name in schema["properties"])
            return f"object ({inner})"
        kinds = kind if isinstance(kind, list) else [kind]
        form = f" ({schema['format']})" if schema.get("format") else ""
        return " / ".join(kinds) + form


def _content(part):
    return part.get("content", {}).get("application/json", {}).get("schema")


def _clean(text):
    return " ".join(str(text).split()).replace("|", "\\|").rstrip(".")

"""As much of JSON Schema as our schemas use; what it does not know is an error, so nothing passes by oversight."""

from typing import Any

TYPES: dict[str, Any] = {
    "object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "boolean": bool,
    "null": type(None),
}  # fmt: skip
KNOWN = {
    "$schema", "$defs", "title", "type", "properties", "required", "additionalProperties", "items", "$ref", "const",
    "enum", "minimum", "anyOf", "oneOf",
}  # fmt: skip


def wrong(value: Any, schema: dict[str, Any], root: dict[str, Any] | None = None, at: str = "$") -> list[str]:
    """What of the value is not as the schema says."""
    root = root or schema
    assert set(schema) <= KNOWN, set(schema) - KNOWN
    if "$ref" in schema:
        return wrong(value, root["$defs"][schema["$ref"].rpartition("/")[2]], root, at)
    found: list[str] = []
    kinds = schema.get("type", [])
    for_type = [kinds] if isinstance(kinds, str) else kinds
    if for_type and not any(_is(value, kind) for kind in for_type):
        return [f"{at}: {value!r} is no {kinds}"]
    if "const" in schema and value != schema["const"]:
        found.append(f"{at}: {value!r} is not {schema['const']!r}")
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{at}: {value!r} is none of {schema['enum']}")
    if "minimum" in schema and value is not None and value < schema["minimum"]:
        found.append(f"{at}: {value!r} is too small")
    if "anyOf" in schema and not any(wrong(value, one, root, at) == [] for one in schema["anyOf"]):
        found.append(f"{at}: {value!r} is none of these")
    if "oneOf" in schema and sum(wrong(value, one, root, at) == [] for one in schema["oneOf"]) != 1:
        found.append(f"{at}: is not just one of these")
    if isinstance(value, dict):
        found += _of_object(value, schema, root, at)
    if isinstance(value, list) and "items" in schema:
        for index, item in enumerate(value):
            found += wrong(item, schema["items"], root, f"{at}[{index}]")
    return found


def _of_object(value: dict[str, Any], schema: dict[str, Any], root: dict[str, Any], at: str) -> list[str]:
    known, more = schema.get("properties", {}), schema.get("additionalProperties", True)
    found = [f"{at}: {name} is missing" for name in schema.get("required", []) if name not in value]
    for name, item in value.items():
        if name in known:
            found += wrong(item, known[name], root, f"{at}.{name}")
        elif isinstance(more, dict):
            found += wrong(item, more, root, f"{at}.{name}")
        elif not more:
            found.append(f"{at}: {name} is not known")
    return found


def _is(value: Any, kind: str) -> bool:
    return isinstance(value, TYPES[kind]) and not (isinstance(value, bool) and kind in ("integer", "number"))

"""Plain data as YAML text that `read` reads back as the same data."""

from __future__ import annotations

from typing import Any

import yaml

from flowsim.schema.reading import looks_like_no_text


class _Dumper(yaml.SafeDumper):
    """Safe, without anchors, quoting whatever would be read as something else than text."""

    def ignore_aliases(self, data: Any) -> bool:
        """Never an anchor: they are refused when read."""
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> Any:
    lines = text.split("\n")
    simple = all(line.isprintable() and line == line.strip() for line in lines) and text != ""
    style = '"' if not simple or looks_like_no_text(text) else "|" if len(lines) > 1 else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def as_yaml(data: dict[str, Any]) -> str:
    """The data as YAML, keys in their order, inner mappings on one line."""
    return str(yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=118, default_flow_style=None))

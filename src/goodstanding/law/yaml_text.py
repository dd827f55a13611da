"""Reading YAML without its traps: NO is text, 22:00 is text, 24.5 is text (so exact), a day is a date; no key stands twice.

The library by itself reads version 1.1, where `NO` is false and 22:00 the number 1320. Only true, false, yes and no in small letters
are yes or no.
"""

import re
from pathlib import Path
from typing import Any

import yaml

from goodstanding.core.dates import parse_day


class BadYaml(ValueError):
    """A file that isn't YAML, or says one thing twice. The message names file, line and column."""


class _Loader(yaml.CSafeLoader):
    """CSafeLoader with few scalars: yes or no, nothing, whole numbers, days; everything else is text."""


_Loader.yaml_implicit_resolvers = {}
_BOOL, _NULL, _INT, _DAY = "tag:yaml.org,2002:bool", "tag:yaml.org,2002:null", "tag:yaml.org,2002:int", "tag:day"
_Loader.add_implicit_resolver(_BOOL, re.compile(r"^(?:true|false|yes|no)$"), list("tfyn"))
_Loader.add_implicit_resolver(_NULL, re.compile(r"^(?:null|~|)$"), ["n", "~", ""])
_Loader.add_implicit_resolver(_INT, re.compile(r"^-?(?:0|[1-9][0-9_]*)$"), list("-0123456789"))
_Loader.add_implicit_resolver(_DAY, re.compile(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), list("0123456789"))


def _truth(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> bool:
    return loader.construct_scalar(node) in ("true", "yes")


def _day(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Any:
    try:
        return parse_day(str(loader.construct_scalar(node)))
    except ValueError as bad:
        raise yaml.constructor.ConstructorError(None, None, str(bad), node.start_mark) from bad


def _mapping(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    held: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if isinstance(key, (dict, list)):
            raise yaml.constructor.ConstructorError(None, None, "a key must be a word or a day", key_node.start_mark)
        if key in held:
            raise yaml.constructor.ConstructorError(None, None, f'"{key}" stands here twice', key_node.start_mark)
        held[key] = loader.construct_object(value_node, deep=True)
    return held


_Loader.add_constructor(_BOOL, _truth)
_Loader.add_constructor(_DAY, _day)
_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


def read_yaml(path: Path) -> Any:
    """Read one file; BadYaml says what is wrong and where."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as bad:
        raise BadYaml(f"{path.name} isn't UTF-8 text (byte {bad.start}); save it as UTF-8.") from bad
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506  (a safe loader with fewer scalars)
    except yaml.YAMLError as bad:
        raise BadYaml(f"{path.name}{_where(bad)}: {_what(bad)}") from bad


def _where(bad: yaml.YAMLError) -> str:
    mark = getattr(bad, "problem_mark", None)
    return f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""


def _what(bad: yaml.YAMLError) -> str:
    return str(getattr(bad, "problem", None) or bad)

"""What a render is asked for, on top of a scenario: values, ``--set``, release, namespace and the like."""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TypedDict

from chartkit.model.case import BaseValues, Scenario, SetValue
from chartkit.model.errors import ConfigError
from chartkit.plan.config import Config
from chartkit.plan.config.scenario_entries import escape, typed
from chartkit.plan.kube_versions import full_version
from chartkit.system.did_you_mean import suggestion
from chartkit.system.paths import absolute, is_file

__tracebackhide__ = True

Values = Mapping[str, Any] | str | os.PathLike[str]
"""Values themselves, or a file that holds them."""

Sets = Mapping[str, Any] | Sequence[str] | str
"""``{"image.tag": "1.0"}``, which keeps its types, or Helm's own ``"image.tag=1.0"``, one or several."""


class Inputs(TypedDict, total=False):
    """What `OpenChart.render` takes; all of it is optional.

    *scenario* is one of the chart's (``default``), *kube_version* one such as ``1.34`` (the newest of the
    scenario). *values* is a mapping or a values file, or a list of them, laid over those of the scenario one
    after the other; a file is relative to the chart, as in ``chartkit.yaml``. *set* and its kin go last and
    mean what Helm's flags mean. The rest replaces what the scenario says.
    """

    scenario: str
    kube_version: str
    values: Values | Sequence[Values]
    set: Sets
    set_string: Sets
    set_json: Sets
    set_file: Mapping[str, str | os.PathLike[str]]
    release: str
    namespace: str
    upgrade: bool
    api_versions: Sequence[str]


_FLAGS: Final = ("set_json", "set", "set_string", "set_file")


def check_names(given: Iterable[str]) -> None:
    """Raise TypeError for a name that is none of the inputs, with the one that was probably meant."""
    known = list(Inputs.__annotations__)
    for name in given:
        if name not in known:
            hint = suggestion(name, known, most=20)
            raise TypeError(f"a render takes no {name!r}: {hint}")


def wanted_version(inputs: Inputs) -> str | None:
    """The Kubernetes version that is asked for, as ``1.34.0``."""
    version = inputs.get("kube_version")
    if version is None:
        return None
    try:
        return full_version(str(version))
    except ValueError:
        message = f"kube_version: expected a Kubernetes version, not {version!r}"
        raise ConfigError(message, "write it as '1.34'") from None


def changed(scenario: Scenario, inputs: Inputs, home: pathlib.Path, config: Config) -> Scenario:
    """*scenario* with all that *inputs* change of it; itself where they change nothing.

    *home* is the folder that values files are relative to.
    """
    result = _replaced(scenario, inputs)
    for files, inline in _groups(inputs.get("values", ()), home, config):
        result = dataclasses.replace(_bare(result), values_files=files, values=inline)
    if sets := tuple(_sets(inputs, home, config)):
        result = dataclasses.replace(_bare(result), set_values=sets)
    if result == scenario:
        return scenario
    return dataclasses.replace(result, name=f"{scenario.name} (changed)", fails=None)


def _replaced(scenario: Scenario, inputs: Inputs) -> Scenario:
    return dataclasses.replace(
        scenario,
        release=inputs.get("release", scenario.release),
        namespace=inputs.get("namespace", scenario.namespace),
        is_upgrade=inputs.get("upgrade", scenario.is_upgrade),
        api_versions=tuple(inputs.get("api_versions", scenario.api_versions)),
    )


def _bare(below: Scenario) -> Scenario:
    """A scenario that says what the one *below* says, to lay more values over."""
    return dataclasses.replace(
        below,
        values_files=(),
        values="",
        set_values=(),
        base=BaseValues(),
        places=(),
        place=None,
        fails=None,
        below=below,
    )


def _groups(
    given: Values | Sequence[Values], home: pathlib.Path, config: Config
) -> Iterator[tuple[tuple[str, ...], str]]:
    """Values files and the mapping that follows them, as JSON; again and again, as they are *given*."""
    items = [given] if isinstance(given, Mapping | str | os.PathLike) else given
    files: list[str] = []
    for item in items:
        if not isinstance(item, Mapping):
            files.append(_file(item, home, config, "values"))
            continue
        yield tuple(files), _json(item, "values")
        files = []
    if files:
        yield tuple(files), ""


def _file(name: object, home: pathlib.Path, config: Config, what: str) -> str:
    if not isinstance(name, str | os.PathLike):
        raise TypeError(f"{what}: expected a mapping or a file, not {name!r}")
    path = absolute(os.fspath(name), home)
    if not is_file(path):
        message = f"{what}: there is no file {os.fspath(name)!r} in {config.shown(home)!r}"
        raise ConfigError(message, "name it relative to the chart's folder, or with its whole path")
    return config.shown(path)


def _json(value: object, what: str) -> str:
    try:
        return json.dumps(_plain(value), allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise TypeError(f"{what}: only what YAML can hold can be a value: {error}") from None


def _plain(value: Any) -> Any:
    """*value* with any mapping as a dictionary; keys are text, as they are in YAML's."""
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise TypeError(f"the key {key!r} is no text")
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _sets(inputs: Inputs, home: pathlib.Path, config: Config) -> Iterator[SetValue]:
    given = dict(inputs)
    for name in _FLAGS:
        flag, values = name.replace("_", "-"), given.get(name, ())
        if isinstance(values, Mapping):
            for key, value in values.items():
                yield _set(flag, key, value, home, config)
        elif flag == "set-file" and values:
            raise TypeError(f"set_file: expected a mapping of keys to files, not {values!r}")
        else:
            entries: Any = [values] if isinstance(values, str) else values
            yield from (SetValue(flag, _expression(flag, entry)) for entry in entries)


def _expression(flag: str, entry: object) -> str:
    if not isinstance(entry, str):
        raise TypeError(f"{flag}: expected KEY=VALUE as text, not {entry!r}")
    if "=" not in entry and not (flag == "set-json" and entry.lstrip().startswith("{")):
        raise ConfigError(f"{flag}: expected KEY=VALUE, not {entry!r}", "write KEY= for empty text")
    return entry


def _set(flag: str, key: str, value: Any, home: pathlib.Path, config: Config) -> SetValue:
    if flag == "set":
        return typed(key, value, _json(value, f"set {key}"))
    if flag == "set-json":
        return SetValue(flag, f"{key}={_json(value, f'set_json {key}')}")
    text = _file(value, home, config, f"set_file {key}") if flag == "set-file" else str(value)
    return SetValue(flag, f"{key}={escape(text)}")

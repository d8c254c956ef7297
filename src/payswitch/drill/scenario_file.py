"""Reading scenario files, and saying exactly what is wrong with one: where, what, and how to mend it."""

from __future__ import annotations

import difflib
import re
from importlib import resources
from pathlib import Path

import msgspec
import yaml

from payswitch.domain.channel import Environment
from payswitch.drill.scenario import FaultKind, Scenario
from payswitch.drill.scenario_check import Problem, check


class ScenarioProblem(ValueError):
    """The scenario cannot be run. `problems` has every one that was found, not only the first."""

    def __init__(self, source: str, problems: list[Problem]) -> None:
        super().__init__(f"{source}: " + "; ".join(str(problem) for problem in problems))
        self.source = source
        self.problems = problems


def builtin_names() -> list[str]:
    """The scenarios that come with PaySwitch."""
    folder = resources.files("payswitch.drill") / "scenarios"
    return sorted(entry.name.removesuffix(".yaml") for entry in folder.iterdir() if entry.name.endswith(".yaml"))


def load(name_or_path: str) -> Scenario:
    """A built-in scenario by its name, or a file by its path. Raises ScenarioProblem."""
    names = builtin_names()
    if name_or_path in names:
        entry = resources.files("payswitch.drill") / "scenarios" / f"{name_or_path}.yaml"
        return parse(entry.read_text("utf-8"), name_or_path)
    path = Path(name_or_path)
    if not path.is_file():
        what = "no scenario of that name, and no such file"
        raise ScenarioProblem(name_or_path, [Problem("", what, _hint(name_or_path, names))])
    try:
        return parse(path.read_text("utf-8"), name_or_path)
    except UnicodeDecodeError as error:
        raise ScenarioProblem(name_or_path, [Problem("", "the file is not UTF-8", "Save it as UTF-8")]) from error
    except OSError as error:
        reason = error.strerror or "unreadable"
        raise ScenarioProblem(name_or_path, [Problem("", f"cannot be read: {reason}", "Check the path")]) from error


def _hint(name: str, names: list[str]) -> str:
    near = difflib.get_close_matches(name, names, n=1)
    meant = f"Did you mean `{near[0]}`? " if near else ""
    return f"{meant}There are: {', '.join(names)}; or give the path of a .yaml file (see docs/reference/scenarios.md)"


def parse(text: str, source: str) -> Scenario:
    """A scenario from YAML text. `source` is named in the errors."""
    try:
        document = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        what = f"not readable YAML: {error.problem or 'syntax error'}"
        raise ScenarioProblem(source, [Problem(where, what, "Check indentation and quotes there")]) from error
    except yaml.YAMLError as error:
        raise ScenarioProblem(source, [Problem("", "not readable YAML", "Save it as plain UTF-8 text")]) from error
    if not isinstance(document, dict):
        fix = "Start from a built-in scenario: see docs/reference/scenarios.md"
        raise ScenarioProblem(source, [Problem("", "a scenario is a YAML mapping with `name`, `title`, ...", fix)])
    try:
        scenario = msgspec.convert(document, Scenario, str_keys=True)
    except msgspec.ValidationError as error:
        raise ScenarioProblem(source, [_explain(str(error))]) from error
    problems = list(check(scenario))
    if problems:
        raise ScenarioProblem(source, problems)
    return scenario


_AT = re.compile(r"^(?P<what>.*?)(?: - at (?:`key` in )?`(?P<where>[^`]*)`)?$", re.DOTALL)
_CHOICES = {
    "kind": f"Kinds are {', '.join(FaultKind)}",
    "environments": f"Environments are {', '.join(Environment)}",
    "wallets": "Wallets are wechat, alipay, both",
    "when": "Write before or after",
}
"""By the field's name: what may stand there."""
_UNKNOWN = re.compile(r"Object contains unknown field `(?P<name>[^`]*)`")


def _explain(message: str) -> Problem:
    """msgspec's own sentence, with the path in words and a hint for a misspelt field."""
    match = _AT.match(message)
    what = match["what"] if match else message
    where = (match["where"] or "") if match else ""
    where = where.removeprefix("$").removeprefix(".")
    unknown = _UNKNOWN.match(what)
    if unknown is None:
        return Problem(where, what, _CHOICES.get(where.rpartition(".")[2], "See docs/reference/scenarios.md"))
    name = unknown["name"]
    near = difflib.get_close_matches(name, _field_names(), n=1)
    fix = f"Did you mean `{near[0]}`?" if near else "Remove it, or see docs/reference/scenarios.md for the fields"
    return Problem(f"{where}.{name}" if where else name, "there is no such field", fix)


def _field_names() -> list[str]:
    names: set[str] = set()
    todo: list[object] = [Scenario]
    while todo:
        found = todo.pop()
        if not isinstance(found, type) or not issubclass(found, msgspec.Struct):
            todo.extend(getattr(found, "__args__", ()))
            continue
        for field in msgspec.structs.fields(found):
            names.add(field.encode_name)
            todo.append(field.type)
    return sorted(names)

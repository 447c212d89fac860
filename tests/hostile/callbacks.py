"""The page's own callbacks, called by hand: with what the page would send, and with anything else."""

from __future__ import annotations

import json
from typing import Any

from tests.hostile.visitor import Answer, Visitor

CALL = "/_dash-update-component"


def offered(visitor: Visitor) -> list[dict[str, Any]]:
    """Every callback that the server answers itself."""
    told: list[dict[str, Any]] = json.loads(visitor.ask("GET", "/_dash-dependencies").body)
    return [one for one in told if not one.get("clientside_function")]


def named(visitor: Visitor, output: str) -> dict[str, Any]:
    """The callback that writes something."""
    return next(one for one in offered(visitor) if output in one["output"])


def body_of(dependency: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """What the page's renderer would send, with these values by ``id.property``; the others are none."""
    inputs, state = ([_argument(one, values) for one in dependency[kind]] for kind in ("inputs", "state"))
    changed = [f"{one['id']}.{one['property']}" for one in inputs[:1] if isinstance(one, dict)]
    return {
        "output": dependency["output"],
        "outputs": _outputs(dependency["output"]),
        "inputs": inputs,
        "state": state,
        "changedPropIds": changed,
    }


def called(visitor: Visitor, output: str, values: dict[str, Any]) -> Answer:
    """The answer of the callback that writes something."""
    return visitor.post_json(CALL, body_of(named(visitor, output), values))


def made_link(visitor: Visitor, key: str, hours: str = "72") -> str:
    """The token of a new link to a series."""
    values = {
        "share-view.data": {"search": f"?stack={key}"},
        "scene.data": {"key": key},
        "share-life.value": hours,
    }
    answer = called(visitor, "share-made.data", values)
    assert answer.status == 200, (answer.status, answer.body)
    return str(json.loads(answer.body)["response"]["share-made"]["data"])


def deleted(visitor: Visitor, key: str) -> Answer:
    """The answer to having a series deleted."""
    values = {"delete-confirm.n_clicks": 1, "delete-key.data": key}
    asked = next(one for one in offered(visitor) if any(part["id"] == "delete-confirm" for part in one["inputs"]))
    return visitor.post_json(CALL, body_of(asked, values))


def _argument(argument: dict[str, Any], values: dict[str, Any]) -> Any:
    """One argument; of many like ones an empty list."""
    if "[" in argument["id"]:
        return []
    name = f"{argument['id']}.{argument['property']}"
    return {"id": argument["id"], "property": argument["property"], "value": values.get(name)}


def _outputs(output: str) -> Any:
    """The outputs as objects."""
    several = output.startswith("..")
    parts = [part.rsplit(".", 1) for part in output.strip(".").split("...") if "." in part]
    found = [{"id": one, "property": what.split("@")[0]} for one, what in parts]
    return found if several or not found else found[0]

"""Whatever a browser sends to a callback or an address is answered by a fixed sentence, never by a fault."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from webapp.app import create_app
from webapp.config import Config, Limits
from webapp.errors import TruesliceError

HOME = "https://localhost"
_PARTS = re.compile(r"<[^>]*>|[^<]+")
CANARY = "CANARY^JANE"
KEY = "1" * 32
WORDS = st.one_of(
    st.sampled_from([CANARY, KEY, "-1", "1e400", "NaN", "", "__proto__", "../../x", f"?stack={KEY}", f"?t=x&{CANARY}"]),
    st.text(max_size=20),
)
NUMBERS = st.one_of(st.integers(-(10**12), 10**12), st.floats(allow_nan=False, allow_infinity=False))
ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, WORDS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.one_of(st.sampled_from(["key", "kind", "index", "id", "value", "stack"]), WORDS), inner),
    ),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A browser at a whole instance, too small a thing to be held to a rate."""
    folder = tmp_path_factory.mktemp("arguments")
    limits = Limits(requests_per_second=10**6, callbacks_per_second=10**6, uploads_per_hour=10**6)
    app = create_app(Config(data=folder / "data", samples=folder, limits=limits, metrics=True))
    browser: FlaskClient = app.server.test_client()
    browser.get("/_dash-layout", base_url=HOME)
    return browser


def causes(kind: type[TruesliceError] = TruesliceError) -> set[str]:
    """Every code that a refusal may have."""
    return {kind.code}.union(*(causes(child) for child in kind.__subclasses__()))


def check(answer: Any) -> None:
    """Answered, or refused by a fixed code without what was sent."""
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400 and answer.mimetype == "application/json" and answer.data:
        assert answer.json["code"] in causes()
        assert CANARY not in answer.text


def outputs_of(name: str) -> Any:
    """The outputs of a callback as the page sends them."""
    several = name.startswith("..")
    parts = name[2:-2].split("...") if several else [name]
    named = [dict(zip(("id", "property"), part.rsplit(".", 1), strict=True)) for part in parts if "." in part]
    return named if several or not named else named[0]


@settings(
    max_examples=150, derandomize=True, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
@given(data=st.data())
def test_any_argument_of_any_callback_is_answered(client: FlaskClient, data: st.DataObject) -> None:
    known = client.get("/_dash-dependencies", base_url=HOME).json or []
    one = data.draw(st.sampled_from([each for each in known if not each["clientside_function"]]))
    inputs, state = ([{**each, "value": data.draw(ANYTHING)} for each in one[name]] for name in ("inputs", "state"))
    changed = [f"{each['id']}.{each['property']}" for each in inputs[:1]]
    body = {"output": one["output"], "outputs": outputs_of(one["output"]), "inputs": inputs, "state": state}
    check(client.post("/_dash-update-component", json={**body, "changedPropIds": changed}, base_url=HOME))


@settings(
    max_examples=40, derandomize=True, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
@given(body=ANYTHING)
def test_any_body_is_answered_as_a_callback(client: FlaskClient, body: Any) -> None:
    check(client.post("/_dash-update-component", json=body, base_url=HOME))


def rules(client: FlaskClient) -> list[tuple[str, str]]:
    """Every address of the instance with each of its methods."""
    application: Any = client.application
    return sorted(
        (method, rule.rule)
        for rule in application.url_map.iter_rules()
        for method in rule.methods or ()
        if not rule.rule.startswith(("/_dash-component", "/assets"))
    )


@settings(
    max_examples=150, derandomize=True, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
@given(data=st.data())
def test_any_address_is_answered(client: FlaskClient, data: st.DataObject) -> None:
    method, rule = data.draw(st.sampled_from(rules(client)))
    fill = st.one_of(st.just(KEY), st.sampled_from(["0", "-1", "999999999999", "axial", "x.csv", "%00"]), WORDS)
    parts = [quote(data.draw(fill), safe="") or "x" if part[:1] == "<" else part for part in _PARTS.findall(rule)]
    query = {data.draw(st.sampled_from(["t", "slab", "space", "with", "format"])): data.draw(WORDS)}
    check(client.open("".join(parts), method=method, query_string=query, json=data.draw(ANYTHING), base_url=HOME))


def test_nothing_of_what_was_sent_is_kept(client: FlaskClient, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = Path(tmp_path_factory.getbasetemp())
    kept = [path for path in folder.rglob("*") if path.is_file() and "arguments" in str(path)]
    assert [path.name for path in kept if CANARY.encode() in path.read_bytes()] == []

"""The doors: who comes in, what goes out with every answer, and what a refusal may say."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest
from dash import Dash, Input, Output, dcc, html
from flask import Flask, request
from flask.testing import FlaskClient

from webapp.config import Config
from webapp.errors import UnknownKey
from webapp.routes import owners, security

HOME = "https://localhost"
AWAY = "https://viewer.example"
SAME = {"Sec-Fetch-Site": "same-origin"}
GOOD: dict[str, Any] = {
    "output": "out.children",
    "outputs": {"id": "out", "property": "children"},
    "inputs": [{"id": "number", "property": "value", "value": 3}],
    "changedPropIds": ["number.value"],
}


def make(tmp_path: Path, **settings: Any) -> Flask:
    """A page with one callback and one data route behind the doors."""
    config = Config(data=tmp_path, **settings)
    app = Dash("doors under test", assets_folder=str(tmp_path / "assets"))
    app.layout = html.Div([dcc.Input(id="number", type="number"), html.Div(id="out")])
    app.callback(Output("out", "children"), Input("number", "value"))(lambda value: str(int(value) * 2))
    app.clientside_callback("value => value", Output("out", "title"), Input("number", "value"))
    server: Flask = app.server
    security.register(server, config, app.csp_hashes)
    server.add_url_rule("/volumes/owner", view_func=owners.current_owner)
    server.add_url_rule("/volumes/theirs", view_func=_unknown)
    server.add_url_rule("/volumes/broken", view_func=_break)
    server.add_url_rule(
        "/uploads/x", "part", view_func=lambda: str(len(request.get_data())), methods=["PATCH", "DELETE"]
    )
    server.add_url_rule("/health", "health", view_func=lambda: "ok")
    server.add_url_rule("/forgotten", "forgotten", view_func=lambda: "a route nobody let in")
    return server


def _unknown() -> str:
    raise UnknownKey


def _break() -> str:
    raise ValueError("DOE^JANE")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    tmp_path = tmp_path_factory.mktemp("doors")
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "some.css").write_text("p {}")
    return make(tmp_path)


@pytest.fixture
def client(server: Flask) -> FlaskClient:
    return server.test_client()


def post(client: FlaskClient, body: Any, **options: Any) -> Any:
    data = body if isinstance(body, str | bytes) else json.dumps(body)
    options = {"content_type": "application/json", "base_url": HOME, **options}
    return client.post("/_dash-update-component", data=data, **options)


# Headers ------------------------------------------------------------------------------------------------------

EVERYWHERE = ["/", "/_dash-layout", "/volumes/owner", "/volumes/theirs", "/volumes/broken", "/nowhere", "/health"]


@pytest.mark.parametrize("path", [*EVERYWHERE, "/assets/some.css", "/_dash-component-suites/dash/nope.js"])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Cross-Origin-Embedder-Policy", "require-corp"),
        ("Permissions-Policy", "camera=(), microphone=(), geolocation=(), usb=(), payment=()"),
    ],
)
def test_every_answer_carries_every_protecting_header(client: FlaskClient, path: str, name: str, value: str) -> None:
    with client.get(path, base_url=HOME) as answer:
        assert answer.headers[name] == value


@pytest.mark.parametrize("path", EVERYWHERE)
def test_nothing_that_may_hold_patient_data_is_cached(client: FlaskClient, path: str) -> None:
    assert client.get(path, base_url=HOME).headers["Cache-Control"] == "no-store"


def test_a_callback_answer_is_not_cached(client: FlaskClient) -> None:
    answer = post(client, GOOD)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")


def test_scripts_run_only_from_here_or_by_their_hash(client: FlaskClient) -> None:
    policy = client.get("/", base_url=HOME).headers["Content-Security-Policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    scripts = rules["script-src"].split()
    assert scripts[0] == "'self'"
    assert len(scripts) == 3
    assert all(source.startswith("'sha256-") for source in scripts[1:])
    assert rules["default-src"] == rules["frame-ancestors"] == rules["object-src"] == rules["base-uri"] == "'none'"
    assert rules["connect-src"] == "'self'"
    assert rules["require-trusted-types-for"] == "'script'"


def test_the_hashes_are_taken_when_all_callbacks_are_there(tmp_path: Path) -> None:
    asked: list[int] = []
    server = Flask("late hashes")
    security.register(server, Config(data=tmp_path), lambda: [f"'sha256-{len(asked)}'", *map(str, asked)])
    asked.append(7)
    assert "'sha256-1' 7" in server.test_client().get("/", base_url=HOME).headers["Content-Security-Policy"]


def test_browsers_are_told_to_stay_with_tls_only_over_tls(client: FlaskClient) -> None:
    assert "max-age=31536000" in client.get("/", base_url=HOME).headers["Strict-Transport-Security"]
    assert "Strict-Transport-Security" not in client.get("/", base_url="http://localhost").headers


def test_the_programs_own_files_may_be_cached(client: FlaskClient) -> None:
    page = client.get("/", base_url=HOME).text
    suite = next(part.split('"')[0] for part in page.split('src="') if "dash_renderer.v" in part)
    rules = []
    for path in (suite, "/assets/some.css?m=1", "/assets/some.css"):
        with client.get(path, base_url=HOME) as answer:
            rules.append(answer.headers["Cache-Control"])
    assert rules == ["max-age=31536000, immutable", "max-age=31536000, immutable", "no-cache"]


# Paths and methods ------------------------------------------------------------------------------------------

UNKNOWN = [
    "/.env",
    "/_mcp",
    "/wp-login.php",
    "/volumes/",
    "/volumes/x/y/z",
    "/forgotten",
    "/_reload-hash",
    "/assets/no",
]


@pytest.mark.parametrize("path", UNKNOWN)
def test_an_unknown_address_is_not_answered_with_the_page(client: FlaskClient, path: str) -> None:
    answer = client.get(path, base_url=HOME)
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")


def test_what_is_somebody_elses_answers_like_what_is_not_there(client: FlaskClient) -> None:
    theirs, never = (client.get(f"/volumes/{name}", base_url=HOME) for name in ("theirs", "nothing"))
    assert (theirs.status_code, theirs.data) == (never.status_code, never.data)
    told = [{name: value for name, value in one.headers if name != "X-Request-Id"} for one in (theirs, never)]
    assert told[0] == told[1]


@pytest.mark.parametrize(
    "name", ["os/x.js", "dash/dash.py", "dash/nope.js", "dash/../../../etc/passwd", "nowhere/x.js"]
)
def test_a_component_file_that_is_not_offered_is_not_found(client: FlaskClient, name: str) -> None:
    assert client.get(f"/_dash-component-suites/{name}", base_url=HOME).status_code == 404


@pytest.mark.parametrize(
    ("method", "path"), [("TRACE", "/"), ("PUT", "/"), ("OPTIONS", "/"), ("DELETE", "/_dash-layout")]
)
def test_a_method_an_address_does_not_take_is_refused(client: FlaskClient, method: str, path: str) -> None:
    answer = client.open(path, method=method, base_url=HOME)
    assert (answer.status_code, answer.json["code"]) == (405, "method_refused")


def test_no_other_site_is_allowed_to_read_answers(client: FlaskClient) -> None:
    answer = client.get("/", base_url=HOME, headers={"Origin": "https://evil.example"})
    assert not [name for name in dict(answer.headers) if name.startswith("Access-Control")]


def test_a_person_who_opens_a_dead_link_reads_a_sentence(client: FlaskClient) -> None:
    answer = client.get("/old-bookmark", base_url=HOME, headers={"Accept": "text/html,*/*;q=0.8"})
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert UnknownKey.cause in answer.text


# Hosts, lines and other sites -----------------------------------------------------------------------------


@pytest.mark.parametrize("base", ["http://localhost:8050", "http://127.0.0.1:8050", "http://[::1]:8050", AWAY])
def test_the_machine_itself_and_tls_are_served(client: FlaskClient, base: str) -> None:
    assert client.get("/", base_url=base).status_code == 200


@pytest.mark.parametrize("base", ["http://viewer.example", "http://192.168.1.4:8050", "http://127.0.0.1.evil.example"])
def test_plain_http_under_another_name_is_refused_with_a_sentence(client: FlaskClient, base: str) -> None:
    answer = client.get("/_dash-layout", base_url=base)
    assert (answer.status_code, answer.json["code"]) == (403, "plain_http")


def test_plain_http_is_served_where_the_host_says_so(tmp_path: Path) -> None:
    client = make(tmp_path, allow_plain_http=True).test_client()
    answer = client.get("/_dash-layout", base_url="http://192.168.1.4:8050")
    cookie = answer.headers["Set-Cookie"]
    assert answer.status_code == 200
    assert cookie.startswith("owner=")
    assert "Secure" not in cookie


def test_a_server_with_a_name_answers_to_no_other(tmp_path: Path) -> None:
    client = make(tmp_path, trusted_hosts=("viewer.example",)).test_client()
    assert client.get("/", base_url=AWAY).status_code == 200
    assert client.get("/", base_url=HOME).status_code == 200
    refused = client.get("/_dash-layout", base_url="https://evil.example")
    assert (refused.status_code, refused.json["code"]) == (400, "unknown_host")


def test_health_is_told_to_whoever_asks(tmp_path: Path) -> None:
    client = make(tmp_path, trusted_hosts=("viewer.example",)).test_client()
    assert client.get("/health", base_url="http://10.0.0.7:8050").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://localhost"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
    ],
    ids=str,
)
@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_no_other_site_changes_anything(client: FlaskClient, method: str, headers: dict[str, str]) -> None:
    path = "/_dash-update-component" if method == "POST" else "/uploads/x"
    answer = client.open(path, method=method, base_url=HOME, json=GOOD, headers=headers)
    assert (answer.status_code, answer.json["code"]) == (403, "cross_site")


def test_the_page_itself_may_change_things(client: FlaskClient) -> None:
    assert post(client, GOOD, headers={**SAME, "Origin": HOME}).status_code == 200


# Bodies -----------------------------------------------------------------------------------------------------

MALFORMED = {
    "empty object": {},
    "list": [],
    "null": None,
    "unknown output": {**GOOD, "output": "zz.children", "outputs": {"id": "zz", "property": "children"}},
    "no inputs": {key: value for key, value in GOOD.items() if key != "inputs"},
    "too many inputs": {**GOOD, "inputs": GOOD["inputs"] * 5},
    "text for a number": {**GOOD, "inputs": [{"id": "number", "property": "value", "value": "DOE^JANE"}]},
    "nothing for a number": {**GOOD, "inputs": [{"id": "number", "property": "value", "value": None}]},
    "infinite": json.dumps(GOOD).replace(": 3", ": 1e400"),
    "not a number": json.dumps(GOOD).replace(": 3", ": NaN"),
    "output is a number": {**GOOD, "output": 5},
    "outputs is text": {**GOOD, "outputs": "x"},
    "changed is a number": {**GOOD, "changedPropIds": 5},
    "cut short": '{"output":',
    "a NUL": "\x00",
    "100,000 lists deep": "[" * 100_000 + "]" * 100_000,
    "5,000 digits": json.dumps(GOOD).replace(": 3", ": " + "9" * 5000),
    "not UTF-8": b'{"output":"\xff\xfe"}',
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_callback_is_the_senders_fault(client: FlaskClient, body: Any) -> None:
    answer = post(client, body)
    assert (answer.status_code, answer.json["code"]) == (400, "malformed")


def test_a_callback_that_is_not_json_is_refused(client: FlaskClient) -> None:
    assert post(client, GOOD, content_type="text/plain").status_code == 415


def test_a_callback_body_above_the_limit_is_refused(client: FlaskClient) -> None:
    answer = post(client, " " * (256 * 1024) + "{}")
    assert (answer.status_code, answer.json["code"]) == (413, "body_too_big")


def test_only_a_part_of_an_upload_may_be_large(tmp_path: Path) -> None:
    client = make(tmp_path, limits={"chunk_bytes": 1 << 20}).test_client()
    assert client.patch("/uploads/x", base_url=HOME, data=bytes(1 << 20)).status_code == 200
    assert client.patch("/uploads/x", base_url=HOME, data=bytes((1 << 20) + 1025)).status_code == 413
    assert client.delete("/uploads/x", base_url=HOME, data=bytes(1 << 20)).status_code == 413


# What refusals and logs say ---------------------------------------------------------------------------------


def test_a_fault_of_ours_says_so_without_telling_what_it_met(client: FlaskClient) -> None:
    answer = client.get("/volumes/broken", base_url=HOME)
    assert (answer.status_code, answer.json["code"]) == (500, "unforeseen")
    assert "DOE" not in answer.text


@pytest.mark.parametrize("name", ["a route", "a callback"])
def test_the_log_names_the_place_of_a_fault_and_never_a_value(
    client: FlaskClient, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    with caplog.at_level(logging.DEBUG):
        if name == "a route":
            client.get("/volumes/broken", base_url=HOME)
        else:
            post(client, MALFORMED["text for a number"])
    assert "ValueError at " in caplog.text
    assert "DOE" not in caplog.text


# Owners -----------------------------------------------------------------------------------------------------


def cookies(answer: Any) -> list[str]:
    return [value for value in answer.headers.getlist("Set-Cookie") if "owner=" in value]


def test_the_cookie_is_for_this_browser_this_server_and_no_script(client: FlaskClient) -> None:
    (cookie,) = cookies(client.get("/_dash-layout", base_url=HOME))
    value, *attributes = cookie.split("; ")
    assert value.startswith("__Host-owner=")
    assert len(value) == len("__Host-owner=") + 43
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Strict", "Max-Age=34560000"} <= set(attributes)
    assert not [attribute for attribute in attributes if attribute.startswith("Domain")]


def test_the_cookie_is_secure_on_the_machine_itself_without_tls(client: FlaskClient) -> None:
    (cookie,) = cookies(client.get("/_dash-layout", base_url="http://127.0.0.1:8050"))
    assert cookie.startswith("__Host-owner=")
    assert "Secure" in cookie


def test_a_browser_is_the_same_owner_each_time_and_another_is_not(server: Flask) -> None:
    names = []
    for client in (server.test_client(), server.test_client()):
        client.get("/_dash-layout", base_url=HOME)
        names.append({client.get("/volumes/owner", base_url=HOME).text for _ in range(3)})
    assert [len(name) for name in names] == [1, 1]
    assert names[0] != names[1]


def test_the_owner_does_not_tell_the_cookie(client: FlaskClient) -> None:
    (cookie,) = cookies(client.get("/_dash-layout", base_url=HOME))
    token = cookie.split(";")[0].removeprefix("__Host-owner=")
    owner = client.get("/volumes/owner", base_url=HOME).text
    assert owner == owners.owner_of(token)
    assert len(owner) == 32
    assert owner not in token


@pytest.mark.parametrize("path", ["/", "/_dash-layout", "/uploads/x", "/volumes/owner"])
def test_a_link_from_another_site_never_replaces_the_cookie_it_came_without(client: FlaskClient, path: str) -> None:
    for site in ("cross-site", "same-site"):
        assert cookies(client.get(path, base_url=HOME, headers={"Sec-Fetch-Site": site})) == []


def test_a_page_opened_without_a_word_on_where_from_gets_no_cookie_by_itself(client: FlaskClient) -> None:
    assert cookies(client.get("/", base_url=HOME)) == []
    assert cookies(client.get("/", base_url=HOME, headers={"Sec-Fetch-Site": "none"})) != []


def test_a_visit_renews_the_cookie(client: FlaskClient) -> None:
    first = cookies(client.get("/_dash-layout", base_url=HOME))
    assert cookies(client.get("/", base_url=HOME))[0].split(";")[0] == first[0].split(";")[0]


def test_a_made_up_cookie_is_no_owner(client: FlaskClient) -> None:
    client.set_cookie("__Host-owner", "everyone", domain="localhost", secure=True)
    assert client.get("/volumes/owner", base_url=HOME).text not in {"everyone", owners.owner_of("everyone")}


def test_the_cookie_lives_as_long_as_the_data_may(tmp_path: Path) -> None:
    client = make(tmp_path, keep_hours=24, upload_hours=6).test_client()
    (cookie,) = cookies(client.get("/_dash-layout", base_url=HOME))
    assert f"Max-Age={30 * 3600}" in cookie


def test_a_forged_forwarding_header_changes_nothing(client: FlaskClient) -> None:
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "localhost"}
    assert client.get("/_dash-layout", base_url="http://viewer.example", headers=headers).status_code == 403

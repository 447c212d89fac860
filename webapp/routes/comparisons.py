"""Tags to take away: a series alone or beside others, and its protocol, under names that tell nothing."""

from __future__ import annotations

import json
import re

from flask import Flask, Response, request

from webapp.access import own
from webapp.compare.protocol import reference_of
from webapp.compare.search import Query
from webapp.compare.view import MOST_COLUMNS, Column, Comparison, instance_columns
from webapp.errors import BadArgument
from webapp.exports.report import comparison_html
from webapp.exports.tables import comparison_csv, comparison_json
from webapp.routes.downloads import attachment
from webapp.services import Services, tag_column


def register(server: Flask, services: Services) -> None:
    """Offer comparisons and protocols.

    Parameters
    ----------
    server : Flask
    services : Services
        Who asks is looked up for each request; a key that is unknown and one that is somebody else's answer alike.
    """

    @server.get("/volumes/<key>/comparison.<any(csv, json, html):form>")
    def download_comparison(key: str, form: str) -> Response:
        slices = request.args.get("slices", "")
        if slices:
            return comparison_of_slices(services, key, slices, form)
        return comparison_file(services, [key, *filter(None, request.args.get("with", "").split(","))], form)

    @server.get("/volumes/<key>/protocol.json")
    def download_protocol(key: str) -> Response:
        return protocol_file(services, key)


def comparison_file(services: Services, keys: list[str], form: str) -> Response:
    """All tags of one to six series side by side, the first as the reference.

    Parameters
    ----------
    services : Services
    keys : list of str
    form : str
        ``csv``, ``json`` or ``html``.

    Raises
    ------
    UnknownKey, GuestMayNot
    BadArgument
        More series than stand side by side.
    """
    if len(keys) > MOST_COLUMNS:
        raise BadArgument("A comparison has two to six columns.", "Choose at most six series.")
    return _file(services, Comparison(tuple(_column(services, key) for key in keys)), form)


def comparison_of_slices(services: Services, key: str, slices: str, form: str) -> Response:
    """All tags of two slices of one series side by side.

    Parameters
    ----------
    services : Services
    key : str
    slices : str
        Two numbers separated by a comma, from 1, as the views count; behind another comma the volume in time, from 1.
    form : str
        As for `comparison_file`.

    Raises
    ------
    UnknownKey, GuestMayNot
    BadArgument
        The series has no such slices.
    """
    column = _column(services, key)
    numbers = [int(number) - 1 for number in slices.split(",") if re.fullmatch(r"[1-9][0-9]{0,5}", number)]
    *places, time = (*numbers, 0) if len(numbers) == 2 else numbers or [0]
    count, times = len(column.table.places[0]), len(column.table.places)
    if len(places) != 2 or max(places) >= count or time >= times:
        raise BadArgument("The series has no such slices.", f"Name two slices between 1 and {count}.")
    return _file(services, Comparison(instance_columns(column, places, time)), form)


def _file(services: Services, comparison: Comparison, form: str) -> Response:
    """A comparison as a file."""
    if form == "csv":
        rows = (*comparison.computed, *comparison.rows)
        text, kind = comparison_csv(rows, [column.label for column in comparison.columns]), "text/csv"
    elif form == "json":
        told = comparison_json(comparison, Query(), services.config.limits.value_chars)
        text, kind = json.dumps(told, ensure_ascii=False), "application/json"
    else:
        text, kind = comparison_html(comparison, Query()), "text/html"
    return attachment(Response(text.encode(), mimetype=kind), f"trueslice-comparison.{form}")


def protocol_file(services: Services, key: str) -> Response:
    """The acquisition of a series as a reference to hold others against.

    Raises
    ------
    UnknownKey, GuestMayNot
    """
    column = _column(services, key)
    reference = reference_of(column.table, column.meta)
    text = reference.model_dump_json(indent=1) + "\n"
    return attachment(Response(text.encode(), mimetype="application/json"), "trueslice-protocol.json")


def _column(services: Services, key: str) -> Column:
    """One series, for its owner."""
    own(services, key)
    return tag_column(services.volumes.folder(key), services.volumes.open(key).meta)

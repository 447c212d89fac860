"""What every graph is forbidden."""

from __future__ import annotations

import pytest

from webapp.figures.graph import graph_config


@pytest.mark.parametrize("still", [True, False])
def test_no_graph_can_send_its_pixels_to_another_company(still: bool) -> None:
    config = graph_config(still=still)
    assert config["plotlyServerURL"] == ""
    assert config["displayModeBar"] is False
    assert "sendChartToCloud" in config["modeBarButtonsToRemove"]
    assert config["showSendToCloud"] is False


def test_no_graph_shows_a_logo() -> None:
    assert graph_config(still=True)["displaylogo"] is False


def test_a_picture_leaves_the_pointer_to_the_page() -> None:
    config = graph_config(still=True)
    assert config["staticPlot"] is True
    assert config["scrollZoom"] is False


def test_a_scene_can_be_turned_and_approached() -> None:
    config = graph_config(still=False)
    assert config["staticPlot"] is False
    assert config["scrollZoom"] is True


@pytest.mark.parametrize("still", [True, False])
def test_a_double_click_is_not_plotlys(still: bool) -> None:
    assert graph_config(still=still)["doubleClick"] is False

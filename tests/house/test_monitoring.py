"""Every query that is shipped for Grafana and Prometheus asks for something that is really said."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from prometheus_client import REGISTRY
from prometheus_client.metrics import MetricWrapperBase

from bot import metrics

DEPLOY = Path(__file__).parents[2] / "deploy"
_NAME = re.compile(r"\bgocua_\w+")
_BY = re.compile(r"by \(([^)]*)\)")
_FILTER = re.compile(r"(gocua_\w+)\{(\w+)")
OF_PROMETHEUS = {"instance", "job", "le"}


def _queries() -> Iterator[str]:
    board: Any = json.loads((DEPLOY / "grafana.json").read_text("utf-8"))
    for panel in board["panels"]:
        yield from (target["expr"] for target in panel["targets"])
    rules: Any = yaml.safe_load((DEPLOY / "alerts.yaml").read_text("utf-8"))
    for group in rules["groups"]:
        yield from (rule["expr"] for rule in group["rules"])


def _said() -> dict[str, set[str]]:
    """Name of each sample -> its labels, from the objects themselves."""
    said: dict[str, set[str]] = {}
    for one in vars(metrics).values():
        for family in one.describe() if isinstance(one, MetricWrapperBase) else ():
            labels = set(one._labelnames)
            endings = {
                "counter": ["_total"],
                "gauge": [""],
                "histogram": ["_bucket", "_count", "_sum"],
            }
            said |= {family.name + end: labels for end in endings[family.type]}
    return said


def test_every_query_asks_for_what_is_said() -> None:
    said = _said()
    queries = list(_queries())
    assert len(queries) > 20
    for query in queries:
        names = set(_NAME.findall(query))
        assert names <= said.keys(), query
        known = set().union(*(said[name] for name in names)) | OF_PROMETHEUS
        grouped = {one.strip() for found in _BY.findall(query) for one in found.split(",")}
        assert grouped <= known, query
        assert all(label in said[name] for name, label in _FILTER.findall(query)), query
        assert query.count("(") == query.count(")")


def test_every_metric_is_on_the_board() -> None:
    asked = " ".join(_queries())
    families = {re.sub("_(total|bucket|count|sum)$", "", name) for name in _said()}
    assert [one for one in families if one not in asked] == []


def test_no_other_metric_of_ours_is_said() -> None:
    ours = {one.name for one in REGISTRY.collect() if one.name.startswith("gocua")}
    families = {re.sub("_(total|bucket|count|sum)$", "", name) for name in _said()}
    assert ours == families

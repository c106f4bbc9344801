"""SARIF 2.1.0: the structure that its schema asks for, checked by hand."""

from __future__ import annotations

import json
from urllib.parse import urlparse

import pytest

import shapelens
from shapelens.analyses.findings import Finding
from shapelens.analyses.findings.codes import CODES
from shapelens.network import Origin
from shapelens.output.sarif import sarif_data

TWO = "Sequential(Conv2d(3, 8, 3), Conv2d(9, 8, 3), Conv2d(7, 8, 1))"


def log_of(findings, origin):
    """As a program reads it that only knows JSON."""
    return json.loads(json.dumps(sarif_data(findings, origin, "0.1.0")))


def checked(log):
    """What the schema requires of each object that is there, and the types of what may be there.

    Source: sarif-schema-2.1.0: required are version and runs; of a run tool; of a tool driver; of a driver name; of a
    rule id; of a result message; of a message text or id; level is one of four; a region's startLine is at least 1.
    """
    assert set(log) <= {"$schema", "version", "runs", "inlineExternalProperties", "properties"}
    assert log["version"] == "2.1.0"
    assert urlparse(log["$schema"]).scheme == "https"
    assert isinstance(log["runs"], list)
    for run in log["runs"]:
        assert run["columnKind"] in {"utf16CodeUnits", "unicodeCodePoints"}
        driver = run["tool"]["driver"]
        assert driver["name"] == "shapelens"
        assert isinstance(driver["version"], str)
        ids = [rule["id"] for rule in driver["rules"]]
        assert len(ids) == len(set(ids))
        for rule in driver["rules"]:
            assert rule["defaultConfiguration"]["level"] in {"none", "note", "warning", "error"}
            for text in ("shortDescription", "fullDescription", "help"):
                assert rule[text]["text"]
        for result in run["results"]:
            assert result["level"] in {"none", "note", "warning", "error"}
            assert result["message"]["text"]
            assert ids[result["ruleIndex"]] == result["ruleId"]
            for location in result["locations"]:
                physical = location.get("physicalLocation", {})
                if physical:
                    uri = physical["artifactLocation"]["uri"]
                    assert uri
                    assert not set(uri) & set(' "<>\\^`{|}')
                    assert physical.get("region", {}).get("startLine", 1) >= 1
                for logical in location.get("logicalLocations", []):
                    assert logical["fullyQualifiedName"]
    return log["runs"][0]


def test_a_network_with_errors():
    net = shapelens.inspect(TWO, (3, 9, 9))
    run = checked(log_of(net.findings, net.network.origin))
    assert [result["ruleId"] for result in run["results"]] == ["SL102", "SL102"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["SL102"]
    assert run["results"][0]["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == "1"
    assert "wants 9, gets 8" in run["results"][0]["message"]["text"]


def test_a_healthy_network_has_an_empty_log():
    assert checked(log_of((), Origin("classic", "vgg16")))["results"] == []


@pytest.mark.parametrize("code", CODES)
def test_every_kind(code):
    kind = CODES[code]
    finding = Finding(code, kind.title, "a.b", "a.b", "1", "2", severity=kind.severity, where="net work.py:7")
    run = checked(log_of((finding,), Origin("torch", "Net", typed="my models/net work.py:Net")))
    (result,) = run["results"]
    physical = result["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"]["uri"] == "my%20models/net%20work.py"
    assert physical["region"] == {"startLine": 7}


def test_a_file_is_where_its_layers_are():
    finding = Finding("SL105", "", "conv1", "conv1 (Conv)", "", "")
    run = checked(log_of((finding,), Origin("onnx", "broken.onnx", typed="models/broken.onnx")))
    physical = run["results"][0]["locations"][0]["physicalLocation"]
    assert physical == {"artifactLocation": {"uri": "models/broken.onnx"}}

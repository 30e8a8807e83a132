"""Dashboards: what is committed is what the code makes, in the catalogue's words, and every name is known."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from commons.catalogue import measurement, measurements
from commons.catalogue.commodities import commodities
from commons.errors import UnknownNameError
from commons.marks import ALL_FOODS
from commons.settings import Secret
from commons.sites import Site
from deploy.dashboards import ALERTING, alerting, alerts, build, dashboards, render
from deploy.dashboards.datasource import data_source
from deploy.dashboards.push import FOLDERS, folder_uid
from deploy.dashboards.queries import expanded, expanded_queries
from deploy.dashboards.query import Rows, among, equals, tag_values
from deploy.dashboards.units import grafana_interval, grafana_unit
from deploy.dashboards.variables import SITE
from deploy.dashboards.words import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

_ROOT = Path(__file__).parents[2]
_JSON = _ROOT / "deploy" / "dashboards" / "json"
_PROVISIONING = _ROOT / "deploy" / "grafana" / "provisioning"
_FROM = re.compile(r'FROM "lorong"\."(raw|keep)"\."(\w+)"')
_NAME = re.compile(r'"(\w+)"')
_VARIABLES = ("city", "kecamatan", "kelurahan", "lane", "level", "place", "commodity", "market", "period")
_VALUES = {name: name for name in _VARIABLES} | {"lane": ["a", "b"], "level": "kelurahan"}


def _documents(language: str) -> dict[str, dict[str, Any]]:
    return {path.stem: json.loads(path.read_text("utf-8")) for path in sorted((_JSON / language).glob("*.json"))}


def _panels() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for language in LANGUAGES:
        for slug, document in _documents(language).items():
            for panel in document["panels"]:
                if panel["type"] != "row":  # a heading
                    yield language, slug, panel


def _queries() -> list[str]:
    return [found.query for found in expanded_queries("id", _VALUES)]


def test_the_committed_json_is_what_the_code_makes() -> None:
    committed = {str(path.relative_to(_JSON)): path.read_text("utf-8") for path in _JSON.rglob("*.json")}

    assert committed == render(), "run `make dashboards`"


def test_building_writes_every_file_below_the_folder_given(tmp_path: Path) -> None:
    written = build(tmp_path)

    assert {str(path.relative_to(tmp_path)): path.read_text("utf-8") for path in written} == render()


def test_uids_are_fixed_and_unique() -> None:
    uids = [document["uid"] for language in LANGUAGES for document in _documents(language).values()]

    assert sorted(uids) == [
        "lorong-garden-en",
        "lorong-garden-id",
        "lorong-pipeline-en",
        "lorong-pipeline-id",
        "lorong-prices-en",
        "lorong-prices-id",
        "lorong-supply-en",
        "lorong-supply-id",
    ]


def test_everything_asks_the_one_data_source() -> None:
    asked = re.findall(r'"uid": "(lorong-influxql|[^"]*influx[^"]*)"', "".join(render().values()))

    assert set(asked) == {"lorong-influxql"}


def test_both_languages_ask_the_same_and_say_it_differently() -> None:
    for slug, indonesian in _documents("id").items():
        english = _documents("en")[slug]
        pairs = list(zip(indonesian["panels"], english["panels"], strict=True))

        assert [[t["query"] for t in i.get("targets", ())] for i, _ in pairs] == [
            [t["query"] for t in e.get("targets", ())] for _, e in pairs
        ]
        assert [i["title"] for i, e in pairs if i["title"] == e["title"]] == []
        assert [i["title"] for i, e in pairs if i["type"] != "row" and i["description"] == e["description"]] == []
        assert indonesian["title"] != english["title"]


def test_panel_titles_begin_with_the_catalogues_words() -> None:
    for language, slug, panel in _panels():
        if panel["type"] == "text":
            continue
        found = _FROM.search(panel["targets"][0]["query"])
        assert found
        about = measurement(found.group(2))
        words = [about.label[language], *(field.label[language] for field in about.fields.values())]
        assert panel["title"].startswith(tuple(words)), (slug, panel["title"])


def test_no_panel_is_without_description_and_unit() -> None:
    for _, slug, panel in _panels():
        assert len(panel["description"]) > 20, (slug, panel["title"])
        assert panel["fieldConfig"]["defaults"]["unit"], (slug, panel["title"])


def test_a_table_of_computed_numbers_shows_coverage_and_marks_beside_them() -> None:
    tables = [panel for _, _, panel in _panels() if panel["type"] == "table"]
    computed = [p for p in tables if '"coverage"' in p["targets"][0]["query"]]

    kinds = {measurement(_FROM.findall(p["targets"][0]["query"])[0][1]).kind for p in tables if p not in computed}
    assert "indicator" not in kinds
    assert all('"marks"' in panel["targets"][0]["query"] for panel in computed)


def test_panels_lie_on_the_grid_without_overlap() -> None:
    for language in LANGUAGES:
        for slug, document in _documents(language).items():
            taken: set[tuple[int, int]] = set()
            for grid in (panel["gridPos"] for panel in document["panels"]):
                cells = {(grid["x"] + i, grid["y"] + j) for i in range(grid["w"]) for j in range(grid["h"])}
                assert not cells & taken, slug
                assert grid["x"] + grid["w"] <= 24, slug
                taken |= cells


def test_every_query_names_what_the_catalogue_has() -> None:
    for query in _queries():
        found = _FROM.search(query)
        assert found, query
        policy, name = found.groups()
        about = measurement(name)
        known = {"lorong", "step", policy, name, *about.tags, *about.columns}
        assert set(_NAME.findall(query)) <= known, query
        assert policy == ("raw" if about.kind == "sample" else "keep"), query


def test_every_query_is_of_one_city_or_asks_which_there_are() -> None:
    without = [query for query in _queries() if "\"city\" = 'city'" not in query]

    assert without == ['SHOW TAG VALUES FROM "lorong"."keep"."place" WITH KEY = "city" WHERE "level" = \'lane\''] * len(
        dashboards("id")
    )


def test_every_variable_of_a_query_is_chosen_above_its_dashboard() -> None:
    for language in LANGUAGES:
        for slug, document in _documents(language).items():
            there = {variable["name"] for variable in document["templating"]["list"]}
            asked = set(re.findall(r"\$([a-z]\w*)", json.dumps([p.get("targets", []) for p in document["panels"]])))
            own = {name for name in asked if not name.startswith("tag_")} - {"timeFilter", "col"}
            assert own <= there, slug


def test_a_variable_of_many_values_is_used_as_a_whole_pattern() -> None:
    for document in _documents("id").values():
        many = [v["name"] for v in document["templating"]["list"] if v.get("multi")]
        asked = [panel.get("targets", []) for panel in document["panels"]]
        text = json.dumps([asked, [v["query"] for v in document["templating"]["list"]], document["annotations"]])
        for name in many:
            assert len(re.findall(rf"\${name}\b", text)) == len(re.findall(rf"=~ /\^\${name}\$/", text)) > 0


def test_variables_need_no_stored_choice() -> None:
    for document in _documents("en").values():
        for variable in document["templating"]["list"]:
            if variable["type"] == "query":
                assert variable["refresh"] == 1
                first = Site(SITE).prices["index_market"] if variable["name"] == "market" else ""
                assert variable["current"]["value"] in (first, [], ["$__all"])
            else:
                assert variable["current"] == variable["options"][0]


def test_a_sample_is_asked_in_steps_of_its_cadence() -> None:
    for _, slug, panel in _panels():
        for target in panel["targets"]:
            if "$__interval" in target["query"]:
                about = measurement(_FROM.findall(target["query"])[0][1])
                assert panel["interval"] == grafana_interval(about.cadence_seconds), (slug, panel["title"])


def test_a_sum_of_foods_leaves_out_the_rows_that_are_sums_themselves() -> None:
    of_foods = [query for query in _queries() if '"garden_harvest"' in query and '"commodity" = ' not in query]

    assert of_foods
    assert [query for query in of_foods if f"\"commodity\" != '{ALL_FOODS}'" not in query] == []


def test_every_unit_of_the_catalogue_has_one_of_grafana() -> None:
    units = {grafana_unit(field) for about in measurements().values() for field in about.fields.values()}

    assert "percent" in units
    assert "" not in units


def test_several_values_are_written_as_grafana_writes_them() -> None:
    query = '"lane" =~ /^$lane$/ AND "x" = \'${city}\''

    assert expanded(query, {"lane": ["a", "b.c"], "city": "m"}) == r""""lane" =~ /^(a|b\.c)$/ AND "x" = 'm'"""


def test_a_name_that_is_not_in_the_catalogue_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="moisture"):
        Rows("soil", (), ("bed",)).over_time("moistur")
    with pytest.raises(UnknownNameError, match="lane"):
        Rows("soil", (among("lan", "lane"),))
    with pytest.raises(UnknownNameError, match="bed"):
        Rows("soil", (), ("bd",))


def test_tag_values_of_a_sample_are_refused() -> None:
    with pytest.raises(UnknownNameError, match="kept for ever"):
        tag_values("soil", "lane", equals("city", "$city"))


def test_the_provisioned_data_source_is_the_pushed_one_with_a_user_in_place_of_the_token() -> None:
    provisioned = yaml.safe_load((_PROVISIONING / "datasources" / "lorong.yaml").read_text("utf-8"))["datasources"][0]
    pushed = data_source("http://influxdb:8086", Secret("t"))

    assert provisioned.pop("secureJsonData") == {"basicAuthPassword": "$__file{/run/secrets/influxdb-grafana-password}"}
    assert pushed.pop("secureJsonData") == {"httpHeaderValue1": "Token t"}
    assert pushed["jsonData"].pop("httpHeaderName1") == "Authorization"
    for key in ("basicAuth", "basicAuthUser", "editable"):
        provisioned.pop(key)
    assert provisioned == pushed


def test_provisioned_and_pushed_dashboards_lie_in_the_same_folders() -> None:
    providers = yaml.safe_load((_PROVISIONING / "dashboards" / "lorong.yaml").read_text("utf-8"))["providers"]

    assert {(p["folderUid"], p["folder"]) for p in providers} == {(folder_uid(x), FOLDERS[x]) for x in LANGUAGES}
    assert {Path(p["options"]["path"]).name for p in providers} == set(LANGUAGES)


def test_every_computed_number_leads_to_its_explanation_at_the_address_given() -> None:
    web = "https://kebun.example"
    for dashboard in dashboards("en"):
        document = dashboard.json(web)
        values = {v["name"]: v["current"]["value"] for v in document["templating"]["list"]}
        assert values["web"] == web
        for panel in document["panels"]:
            if panel["type"] in ("timeseries", "state-timeline"):
                about = measurement(_FROM.findall(panel["targets"][0]["query"])[0][1])
                whole = about.kind == "indicator" and "fill(24)" not in panel["targets"][0]["query"]
                urls = [link["url"] for link in panel["fieldConfig"]["defaults"].get("links", ())]
                begin = f"${{web}}/explain/{about.name}?period="
                assert [url.startswith(begin) for url in urls] == [True] * whole, panel["title"]


def test_a_link_to_an_explanation_names_every_tag_that_the_query_keeps_apart_or_fixes() -> None:
    for _, slug, panel in _panels():
        for link in panel.get("fieldConfig", {}).get("defaults", {}).get("links", ()):
            query = panel["targets"][0]["query"]
            name = link["url"].partition("/explain/")[2].partition("?")[0]
            apart = re.findall(r'"(\w+)"', query.partition("GROUP BY")[2])
            fixed = re.findall(r"\"(\w+)\" = '([^']+)'", query)
            for tag in {*apart, *(tag for tag, _ in fixed)} - {"city", "period", "refused"}:
                assert f"&{tag}=" in link["url"], (slug, panel["title"])
            kinds = [value for tag, value in fixed if tag == "period"]
            assert re.search(
                r"period=\$\{__value\.time\}" + "".join(f"/{re.escape(kind)}" for kind in kinds), link["url"]
            )
            assert name in query


def test_the_chillies_are_the_foods_that_begin_so() -> None:
    chillies = {slug for slug, food in commodities().items() if "chilli" in food.label.en.lower()}

    assert chillies == {slug for slug in commodities() if slug.startswith("cabai-")} != set()


def test_the_committed_alert_rules_are_what_the_code_makes() -> None:
    assert ALERTING.read_text("utf-8") == alerting(), "run `make dashboards`"
    assert [path.name for path in ALERTING.parent.iterdir()] == [ALERTING.name]


def test_alert_rules_stand_once_with_fixed_names_and_call_nobody_themselves() -> None:
    document = json.loads(alerting())
    rules = document["groups"][0]["rules"]

    assert set(document) == {"apiVersion", "groups"}
    assert [rule["uid"] for rule in rules] == [
        "lorong-soil-dry",
        "lorong-node-silent",
        "lorong-ceiling-broken",
        "lorong-alps-alert",
        "lorong-index-coverage",
        "lorong-store-away",
    ]
    loud = [rule["uid"] for rule in rules if "Alerting" in (rule["noDataState"], rule["execErrState"])]
    assert loud == ["lorong-store-away"]


def test_an_alarm_leads_to_a_panel_that_shows_it() -> None:
    documents = {document["uid"]: document for document in _documents("id").values()}
    for rule, written in zip(alerts.RULES, json.loads(alerting())["groups"][0]["rules"], strict=True):
        said = written["annotations"]
        panel = next(p for p in documents[said["__dashboardUid__"]]["panels"] if str(p["id"]) == said["__panelId__"])
        assert f'."{rule.measurement}"' in json.dumps(panel["targets"]).replace('\\"', '"')
        labels = re.findall(r"\$\$labels\.(\w+)", said["summary"])
        assert set(labels) <= set(re.findall(r'"(\w+)"', rule.query.partition("GROUP BY")[2])), rule.slug
        assert "$" not in said["summary"].replace("$$labels", "")

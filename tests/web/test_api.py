"""The open data: three formats that agree, refusals in one sentence, and nothing that is not public."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from commons.rows import Block
from web.settings import WebSettings
from web.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.testclient import TestClient

    from store.contract import Store
    from tests.web.conftest import Garden, StandingClock

READ = "/api/v1/read"


def rows(client: TestClient, query: str) -> list[dict[str, Any]]:
    """The rows of a query in JSON."""
    found: list[dict[str, Any]] = client.get(f"{READ}?{query}").json()["rows"]
    return found


def refusal(client: TestClient, query: str) -> str:
    """The one sentence that a query is refused with."""
    answer = client.get(f"{READ}?{query}")
    assert answer.status_code == 400, answer.text
    return str(answer.json()["error"])


def test_the_three_formats_hold_the_same(garden: Garden, visit: Callable[..., TestClient]) -> None:
    garden.soil("saga", "b1", hours=3)
    client = visit()
    query = "measurement=soil&lane=saga&fields=moisture,temperature"

    as_json = rows(client, query)
    text = client.get(f"{READ}?{query}&format=csv").text
    as_arrow = pa.ipc.open_stream(client.get(f"{READ}?{query}&format=arrow").content).read_all()

    assert [row["moisture"] for row in as_json] == [20.0, 21.0, 22.0]
    assert [row["time"] for row in as_json] == [f"2026-11-24T0{hour}:00:00Z" for hour in (0, 1, 2)]
    assert as_json == [
        {key: (float(cell) if key == "moisture" else cell or None) for key, cell in row.items()}
        for row in csv.DictReader(io.StringIO(text))
    ]
    assert as_arrow.column_names == list(as_json[0])
    assert as_arrow["moisture"].to_pylist() == [row["moisture"] for row in as_json]
    assert [f"{at:%Y-%m-%dT%H:%M:%SZ}" for at in as_arrow["time"].cast(pa.timestamp("s", "UTC")).to_pylist()] == [
        row["time"] for row in as_json
    ]


def test_what_is_missing_is_null_and_empty(garden: Garden, visit: Callable[..., TestClient]) -> None:
    garden.soil("saga", "b1", hours=1)
    client = visit()

    assert rows(client, "measurement=soil&fields=moisture,ec")[0]["ec"] is None
    assert client.get(f"{READ}?measurement=soil&fields=moisture,ec&format=csv").text.endswith(",20.0,\r\n")


def test_a_formula_in_a_spreadsheet_stays_a_text(store: Store, visit: Callable[..., TestClient]) -> None:
    tags = {"city": "makassar", "market": "bandung", "commodity": "bawang-merah", "quote": "=1+1", "level": "consumer"}
    store.write([Block("price", [10**18], {**tags, "source": "-x", "origin": "typed"}, {"price_idr": [9.0]})])

    row = next(csv.DictReader(io.StringIO(visit().get(f"{READ}?measurement=price&format=csv").text)))

    assert (row["quote"], row["source"], row["price_idr"]) == ("'=1+1", "'-x", "9.0")


@pytest.mark.parametrize(
    ("span", "values"),
    [
        ("start=-1h", [21.0, 22.0]),
        ("start=2026-11-24T01:00:00Z", [21.0, 22.0]),
        ("start=2026-11-24T09:00:00+08:00&stop=2026-11-24T02:00:00Z", [21.0]),
        ("start=2026-11-24&stop=2026-11-25", [20.0, 21.0, 22.0]),
        ("stop=2026-11-24", []),
    ],
)
def test_spans_are_iso_or_relative_and_leave_out_their_end(
    span: str, values: list[float], garden: Garden, clock: StandingClock, visit: Callable[..., TestClient]
) -> None:
    garden.soil("saga", "b1", hours=3)
    clock.at = clock.at.replace(minute=0)  # so that an hour ago is a reading's own time

    found = rows(visit(), f"measurement=soil&{span.replace('+', '%2B')}")

    assert [row["moisture"] for row in found] == values


def test_a_plus_sign_that_became_a_space_is_still_read(garden: Garden, visit: Callable[..., TestClient]) -> None:
    garden.soil("saga", "b1", hours=3)

    assert len(rows(visit(), "measurement=soil&start=2026-11-24T10:00:00+08:00")) == 1


def test_several_values_of_a_tag_are_any_of_them(garden: Garden, visit: Callable[..., TestClient]) -> None:
    for bed in ("b1", "b2", "r1"):
        garden.soil("saga", bed, hours=1)
    client = visit()

    assert {row["bed"] for row in rows(client, "measurement=soil&bed=b1,b2")} == {"b1", "b2"}
    assert {row["bed"] for row in rows(client, "measurement=soil&bed=b1&bed=r1")} == {"b1", "r1"}


def test_a_window_keeps_real_and_simulated_apart(garden: Garden, visit: Callable[..., TestClient]) -> None:
    garden.soil("saga", "b1", hours=3)
    garden.soil("saga", "b2", hours=3, origin="measured")

    found = rows(visit(), "measurement=soil&window=1d&by=lane&fields=moisture")

    assert found == [
        {"time": "2026-11-23T16:00:00Z", "lane": "saga", "origin": origin, "moisture": 21.0}
        for origin in ("measured", "simulated")
    ]


def test_the_limit_is_told(garden: Garden, visit: Callable[..., TestClient]) -> None:
    garden.soil("saga", "b1", hours=3)
    client = visit()

    cut, whole = client.get(f"{READ}?measurement=soil&limit=2"), client.get(f"{READ}?measurement=soil&limit=3")

    assert (cut.json()["more"], len(cut.json()["rows"]), cut.headers["X-More-Rows"]) == (True, 2, "true")
    assert (whole.json()["more"], len(whole.json()["rows"]), whole.headers["X-More-Rows"]) == (False, 3, "false")


def test_a_computed_value_travels_with_its_marks(garden: Garden, visit: Callable[..., TestClient]) -> None:
    garden.soil_state("saga", "b1", "dry", litres=25.0)

    found = rows(visit(), "measurement=soil_state&fields=litres")

    assert found[0]["marks"] == "simulated"


def test_a_refused_result_is_not_given(garden: Garden, visit: Callable[..., TestClient]) -> None:
    garden.soil_state("saga", "b1", "dry", litres=25.0, refused="too little")
    client = visit()

    assert rows(client, "measurement=soil_state") == []
    assert client.get("/api/v1/latest?measurement=soil_state").json()["rows"] == []


def test_events_are_summed_per_lane_and_day_and_say_nothing_of_who(
    garden: Garden, visit: Callable[..., TestClient]
) -> None:
    garden.picked("e1", 1.5)
    garden.picked("e2", 2.0, days_ago=0.1)
    garden.picked("e3", 4.0, days_ago=1)

    found = rows(visit(), "measurement=harvest")

    assert [(row["time"], row["lane"], row["kg"]) for row in found] == [
        ("2026-11-22T16:00:00Z", "saga", 4.0),
        ("2026-11-23T16:00:00Z", "saga", 3.5),
    ]
    assert set(found[0]) == {"time", "city", "lane", "commodity", "origin", "kg", "pieces", "nothing"}
    assert "ani" not in visit().get(f"{READ}?measurement=harvest&format=csv").text


def test_of_an_entry_only_the_form_that_holds_counts(garden: Garden, visit: Callable[..., TestClient]) -> None:
    garden.picked("edited", 9.0)
    garden.picked("edited", 2.0, version=2)
    garden.picked("undone", 7.0)
    garden.picked("undone", 7.0, version=2, void=1.0)

    assert [row["kg"] for row in rows(visit(), "measurement=harvest")] == [2.0]


def test_another_lane_cannot_undo_an_entry_by_its_id(
    garden: Garden, store: Store, visit: Callable[..., TestClient]
) -> None:
    garden.picked("mine", 2.0)
    tags = {"city": "makassar", "lane": "agatis", "bed": "b1", "commodity": "kangkung", "origin": "typed"}
    forged: dict[str, Any] = {"kg": [0.0], "entry": ["mine"], "version": [9.0], "void": [1.0]}
    store.write([Block("harvest", [garden.now_ns], tags, forged)])

    assert [(row["lane"], row["kg"]) for row in rows(visit(), "measurement=harvest")] == [("saga", 2.0)]


def test_an_entry_moved_out_of_the_span_is_not_in_it(garden: Garden, visit: Callable[..., TestClient]) -> None:
    garden.picked("moved", 3.0)
    garden.picked("moved", 3.0, version=2, days_ago=5)
    client = visit()

    assert rows(client, "measurement=harvest&start=2026-11-24") == []
    assert [row["kg"] for row in rows(client, "measurement=harvest&start=-7d")] == [3.0]


def test_weeks_of_events_begin_on_monday(garden: Garden, visit: Callable[..., TestClient]) -> None:
    for day in range(3):  # Tuesday, Monday, and the Sunday before
        garden.picked(f"e{day}", 1.0, days_ago=day)

    found = rows(visit(), "measurement=harvest&window=1w&by=lane&fields=kg")

    assert [(row["time"], row["kg"]) for row in found] == [("2026-11-15T16:00:00Z", 1.0), ("2026-11-22T16:00:00Z", 2.0)]


def test_prices_are_given_as_they_were_observed(store: Store, visit: Callable[..., TestClient]) -> None:
    tags = {"city": "makassar", "market": "bandung", "commodity": "bawang-merah", "quote": "q", "level": "consumer"}
    fields: dict[str, Any] = {"price_idr": [9000.0], "entry": ["p1"], "note": ["n"], "node": ["x"]}
    store.write([Block("price", [10**18 + 123], {**tags, "source": "s", "origin": "typed"}, fields)])
    client = visit()

    found = rows(client, "measurement=price")

    seen = {**tags, "source": "s", "origin": "typed", "price_idr": 9000.0}
    assert found == [{"time": "2001-09-09T01:46:40Z", **seen}]
    assert client.get("/api/v1/latest?measurement=price").json()["rows"] == found


@pytest.mark.parametrize("state", ["ledger", "lease", "store", "job", "touched"])
def test_what_the_pipeline_remembers_is_not_public(
    state: str, garden: Garden, visit: Callable[..., TestClient]
) -> None:
    garden.states()
    client = visit()

    assert refusal(client, f"measurement={state}").startswith(f"measurement '{state}' is unknown; ")
    assert client.get("/api/v1/latest", params={"measurement": state}).status_code == 400
    assert state not in [m["name"] for m in client.get("/api/v1/measurements").json()["measurements"]]


def test_places_are_public(store: Store, visit: Callable[..., TestClient]) -> None:
    tags = {"city": "makassar", "level": "lane", "place": "saga", "kecamatan": "mariso"}
    store.write([Block("place", [0], {**tags, "lane": "saga"}, {"name": ["Lorong Saga"]})])

    assert rows(visit(), "measurement=place&level=lane")[0]["name"] == "Lorong Saga"


def test_the_data_of_another_city_stay_there(store: Store, visit: Callable[..., TestClient]) -> None:
    tags: dict[str, str | list[str]] = {"city": "banyuwangi", "lane": "saga", "node": "n", "bed": "b1"}
    store.write([Block("soil", [10**18], {**tags, "origin": "measured"}, {"moisture": [20.0]})])
    client = visit()

    assert rows(client, "measurement=soil") == []
    assert refusal(client, "measurement=soil&city=banyuwangi") == "city 'banyuwangi' is unknown; known: makassar"


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("", "parameter 'measurement' is missing; add one that /api/v1/measurements lists"),
        ("measurement=soli", "measurement 'soli' is unknown; did you mean soil or sale?"),
        ("measurement=soil&strat=-1d", "parameter 'strat' is unknown; did you mean start or format?"),
        ("measurement=soil&lane=sagga", "lane 'sagga' is unknown; did you mean saga or agatis?"),
        ("measurement=soil&fields=moistur", "field of soil 'moistur' is unknown; did you mean moisture"),
        ("measurement=soil&window=2d", "window '2d' is not known; use one of 1h, 1d, 1w"),
        ("measurement=soil&window=1d&by=lame", "tag in by 'lame' is unknown; did you mean lane?"),
        ("measurement=soil&limit=ten", "limit 'ten' is not a number from 1 to 100000; give such a number"),
        ("measurement=soil&limit=100001", "limit '100001' is not a number from 1 to 100000; give such a number"),
        ("measurement=soil&format=xml", "format 'xml' is not known; use one of json, csv, arrow"),
        ("measurement=soil&format=csv&format=json", "parameter 'format' is given 2 times; give it once"),
        ("measurement=soil&start=yesterday", "start 'yesterday' is no time; write 2026-11-24, "),
        ("measurement=soil&start=2026-11-24T08:00:00", "start '2026-11-24T08:00:00' is no time; write "),
        ("measurement=soil&start=-1d&stop=-2d", "start '-1d' is not before stop '-2d'; swap them"),
        ("measurement=price_index&window=1w", "window '1w' does not fit 'price_index', which has its periods; "),
        ("measurement=harvest&window=1h", "window '1h' is too fine for 'harvest'; use 1d or 1w"),
        ("measurement=harvest&bed=b1", "parameter 'bed' is unknown; "),
        ("measurement=harvest&fields=note", "field of harvest 'note' is unknown; "),
    ],
)
def test_a_wrong_parameter_is_refused_in_one_sentence(
    query: str, sentence: str, visit: Callable[..., TestClient]
) -> None:
    assert refusal(visit(), query).startswith(sentence)


def test_too_many_entries_are_refused_not_cut(garden: Garden, visit: Callable[..., TestClient]) -> None:
    for entry in range(4):
        garden.picked(f"e{entry}", 1.0)
    client = visit(settings=WebSettings(api_rows=3))

    assert refusal(client, "measurement=harvest") == (
        "start and stop span more than 3 entries of 'harvest'; give a later start or an earlier stop"
    )


def test_the_newest_row_of_each_series(garden: Garden, visit: Callable[..., TestClient]) -> None:
    garden.soil("saga", "b1", hours=5)
    garden.soil("saga", "b2", hours=2)
    client = visit()

    found = client.get("/api/v1/latest?measurement=soil&lane=saga").json()["rows"]

    assert {(row["bed"], row["time"]) for row in found} == {(bed, "2026-11-24T02:00:00Z") for bed in ("b1", "b2")}
    assert client.get("/api/v1/latest?measurement=harvest").json()["error"].startswith("measurement 'harvest' is shown")


def test_the_catalogue_says_what_everything_means(visit: Callable[..., TestClient]) -> None:
    found = {m["name"]: m for m in visit().get("/api/v1/measurements").json()["measurements"]}

    assert found["soil"]["fields"]["moisture"]["unit"] == "%"
    assert found["soil"]["label"] == {"id": "Tanah di satu petak", "en": "The soil of one bed"}
    assert found["harvest"]["per"] == "lane and day"
    assert "bed" not in found["harvest"]["tags"]
    assert not {"entry", "note", "node"} & set(found["harvest"]["fields"])


def test_indicators_name_their_methods_and_marks(garden: Garden, visit: Callable[..., TestClient]) -> None:
    garden.soil_state("saga", "b1", "dry")

    answer = visit().get("/api/v1/indicators").json()

    state = next(indicator for indicator in answer["indicators"] if indicator["name"] == "soil_state")
    assert (state["methods"], state["marks"], state["newest"]) == (["1"], ["simulated"], "2026-11-23T16:00:00Z")
    assert answer["marks"]["imputed"]["en"].startswith("Some prices are missing")


def test_every_address_is_described_with_examples(visit: Callable[..., TestClient]) -> None:
    described = visit().get("/api/v1/openapi.json").json()

    files = {f"tables/{name}.{form}" for name in TABLES for form in ("csv", "xlsx")}
    names = {"measurements", "indicators", "read", "latest", "map.geojson", *files}
    assert set(described["paths"]) == {f"/api/v1/{name}" for name in names}
    asked = [path["get"] for path in described["paths"].values()]
    assert all(
        each["summary"] and each["description"] and {"200", "414", "503"} <= set(each["responses"]) for each in asked
    )
    parameters = [parameter for each in asked for parameter in each.get("parameters", ())]
    assert all(each["description"] and (each.get("example") or each["schema"]["enum"]) for each in parameters)


def test_the_described_example_works(garden: Garden, visit: Callable[..., TestClient]) -> None:
    garden.soil("saga", "b1", hours=3)
    client = visit()
    parameters = client.get("/api/v1/openapi.json").json()["paths"][READ]["get"]["parameters"]
    example = {parameter["name"]: parameter["example"] for parameter in parameters}

    answer = client.get(READ, params={**example, "stop": "2026-11-25"})

    assert answer.status_code == 200
    assert answer.text.splitlines()[0] == "time,lane,origin,moisture"


def test_the_documentation_page_is_our_own(visit: Callable[..., TestClient]) -> None:
    client = visit()

    assert "/api/v1/openapi.json" in client.get("/api").text
    assert client.get("/docs").status_code == 404
    assert client.get("/redoc").status_code == 404

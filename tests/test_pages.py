"""Addresses, negotiation and pages, as a browser and a program meet them."""

import html
import json
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from pyoxigraph import RdfFormat, parse
from rdflib import Graph
from rdflib.compare import isomorphic

from therapeia.layout import BASE, ROOT
from therapeia.store import Dataset

CMT = "modality/compassionate-mind-training"
RECORD = ROOT / "data" / f"{CMT}.ttl"
HTML = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
NEGOTIATIONS = [
    (f"/id/{CMT}", HTML["Accept"], f"/page/{CMT}"),
    (f"/id/{CMT}", "text/turtle", f"/data/{CMT}.ttl"),
    (f"/id/{CMT}", "application/ld+json", f"/data/{CMT}.jsonld"),
    (f"/id/{CMT}", "application/rdf+xml;q=0.5, application/n-triples", f"/data/{CMT}.nt"),
    (f"/id/{CMT}", "*/*", f"/data/{CMT}.ttl"),
    (f"/id/{CMT}.rdf", HTML["Accept"], f"/data/{CMT}.rdf"),
    (f"/id/{CMT}.html", "text/turtle", f"/page/{CMT}"),
    (f"/id/{CMT}?format=trig", HTML["Accept"], f"/data/{CMT}.trig"),
    ("/concept/family/third-wave", "text/turtle", "/data/concept/family/third-wave.ttl"),
    ("/concept/family", HTML["Accept"], "/page/concept/family"),
    ("/query/quiz", HTML["Accept"], "/page/query/quiz"),
    ("/id/claim/cmt-seed-shame", HTML["Accept"], "/page/claim/cmt-seed-shame"),
]


@pytest.mark.parametrize(("path", "accept", "target"), NEGOTIATIONS)
def test_a_thing_sends_each_client_to_what_it_reads(client: FlaskClient, path: str, accept: str, target: str) -> None:
    response = client.get(path, headers={"Accept": accept})
    assert (response.status_code, response.location, response.headers["Vary"]) == (303, target, "Accept")


def test_a_record_is_served_byte_for_byte(client: FlaskClient) -> None:
    response = client.get(f"/id/{CMT}", headers={"Accept": "text/turtle"}, follow_redirects=True)
    assert response.content_type == "text/turtle; charset=utf-8"
    assert response.data == RECORD.read_bytes()


@pytest.mark.parametrize("suffix", ["jsonld", "nt", "rdf", "trig", "nq"])
def test_a_record_says_the_same_in_every_format(client: FlaskClient, suffix: str) -> None:
    body = client.get(f"/data/{CMT}.{suffix}").data
    rdf_format = RdfFormat.from_extension(suffix)
    assert rdf_format
    graph = Graph()
    for quad in parse(body, format=rdf_format):
        graph.parse(data=f"{quad.triple} .", format="nt")
    assert isomorphic(graph, Graph().parse(RECORD))


def test_a_concept_without_a_file_of_its_own_is_described(client: FlaskClient) -> None:
    body = client.get("/data/concept/family/third-wave.ttl").data
    subjects = {str(s) for s in Graph().parse(data=body, format="turtle").subjects()}
    assert subjects == {BASE + "concept/family/third-wave"}


ERRORS = [
    ("/id/modality/nothing-of-the-kind", 404, "nothing-of-the-kind"),
    ("/data/modality/nothing-of-the-kind.ttl", 404, "nothing-of-the-kind"),
    ("/page/modality/nothing-of-the-kind", 404, "nothing-of-the-kind"),
    ("/page/modality/%3Cb%3E%22", 404, "Nothing is known"),
    ("/no/such/page", 404, "not found"),
    (f"/data/{CMT}?format=docx", 406, "text/turtle (ttl)"),
    (f"/id/{CMT}?format=docx", 406, "text/html (html)"),
]


@pytest.mark.parametrize(("path", "status", "words"), ERRORS)
def test_an_error_is_told_in_html_to_people_and_as_a_problem_to_programs(
    client: FlaskClient, path: str, status: int, words: str
) -> None:
    page = client.get(path, headers=HTML)
    assert (page.status_code, page.mimetype) == (status, "text/html")
    assert words in BeautifulSoup(page.text, "html.parser").get_text()
    problem = client.get(path, headers={"Accept": "application/json"})
    assert (problem.status_code, problem.mimetype) == (status, "application/problem+json")
    body = json.loads(problem.data)
    assert body["status"] == status
    assert words in body["detail"]


def test_an_unknown_media_type_is_406_with_what_there_is(client: FlaskClient) -> None:
    response = client.get(f"/data/{CMT}", headers={"Accept": "image/png"})
    assert response.status_code == 406
    assert "text/turtle (ttl)" in json.loads(response.data)["detail"]


@pytest.fixture(scope="module")
def profile(app) -> BeautifulSoup:  # type: ignore[no-untyped-def]
    return BeautifulSoup(app.test_client().get(f"/page/{CMT}", headers=HTML).text, "html.parser")


def test_a_modality_shows_the_twenty_sections_in_the_order_of_the_template(
    profile: BeautifulSoup, dataset: Dataset
) -> None:
    shown = [section["data-section"] for section in profile.select("section[data-section]")]
    assert shown == [str(n) for n in range(1, 21)]
    headings = [h.get_text() for h in profile.select("section[data-section] > h2")]
    assert headings == [row["label"].value for row in dataset.ask_page("sections")][1:]
    assert profile.select(".absent") == []


def test_each_statement_shows_its_source_and_status(profile: BeautifulSoup) -> None:
    parts = [p for p in profile.select("article.part") if "reading" not in str(p["id"])]
    assert len(parts) > 80
    for part in parts:
        assert part.select_one(".provenance .status"), part["id"]
        if not part.select_one(".status.drafted"):
            assert part.select('.provenance a[href^="/page/source/"]'), part["id"]


def test_what_qualifies_a_statement_is_linked_from_it(profile: BeautifulSoup) -> None:
    reply = profile.select_one("#contraindication-active-psychosis .reply a")
    assert reply
    assert profile.select_one(str(reply["href"]))


def test_safety_comes_first(profile: BeautifulSoup) -> None:
    box = profile.select_one(".safety")
    assert box
    assert "contraindications and cautions" in box.get_text()


def test_a_scheme_is_listed_as_a_tree_with_definitions_and_counts(client: FlaskClient) -> None:
    page = BeautifulSoup(client.get("/page/concept/root").text, "html.parser")
    child = page.select_one('ul.tree ul.tree a[href="/page/concept/root/zen-buddhism"]')
    assert child and child.find_parent("ul").find_parent("li").a["href"] == "/page/concept/root/buddhism"
    item = child.find_parent("li")
    assert int(item.select_one(".count").text) > 0
    assert len(item.select_one(".gloss").text) > 20


def test_an_address_elsewhere_says_whose_it_is_and_a_year_before_our_era_reads_so(client: FlaskClient) -> None:
    page = client.get("/page/concept/root/buddhism").text
    assert "(plato.stanford.edu)" in page
    assert "450 BCE" in page


def test_a_stored_query_on_its_page_is_bound_to_its_default_and_runs(client: FlaskClient) -> None:
    page = BeautifulSoup(client.get("/page/query/people-of", headers=HTML).text, "html.parser")
    query = (page.select_one("textarea") or page).get_text()
    assert "VALUES ($modality ) { (modality:compassionate-mind-training ) }" in query
    assert "Paul Gilbert" in client.get("/sparql", query_string={"query": query}).text


SAMPLE = 25


def test_every_link_of_the_site_answers_and_every_anchor_exists(client: FlaskClient) -> None:
    """Crawl all pages from the start page; of data files and queries, those of the first pages."""
    waiting, seen, anchors = ["/"], {"/"}, dict[str, set[str]]()
    wanted: list[tuple[str, str, str]] = []
    while waiting:
        path = waiting.pop(0)
        with client.get(path, headers=HTML) as response:
            assert response.status_code == 200, path
            if response.mimetype != "text/html" or path.startswith("/sparql"):
                continue
            anchors[path] = set(re.findall(r'\bid="([^"]+)"', response.text))
            found = {html.unescape(link) for link in re.findall(r'href="([^"]+)"', response.text)}
        for link in found:
            target, _, fragment = link.partition("#")
            if link.startswith(("http:", "https:")) or (
                target.startswith(("/data/", "/sparql?")) and len(anchors) > SAMPLE
            ):
                continue
            wanted.append((path, target or path, fragment))
            if target and target not in seen:
                seen.add(target)
                waiting.append(target)
    dead = {(path, t, f) for path, t, f in wanted if f and t in anchors and f not in anchors[t]}
    assert dead == set()
    assert len(anchors) > 1500  # every thing has a page, and a way to it


SEARCHES = [("cmt", "/page/modality/compassionate-mind-training"), ("Gilbert", "/page/person/paul-gilbert"),
            ("third wave", "/page/concept/family/third-wave")]  # fmt: skip


@pytest.mark.parametrize(("words", "target"), SEARCHES)
def test_a_name_or_acronym_is_found(client: FlaskClient, words: str, target: str) -> None:
    page = BeautifulSoup(client.get("/search", query_string={"q": words}).text, "html.parser")
    assert page.select_one(f'dt a[href="{target}"]')


@pytest.mark.parametrize("words", ["", "zzzz", "<script>", "' OR 1=1 #", "\\", "x" * 5000])
def test_a_search_for_nothing_or_nonsense_is_answered_in_words(client: FlaskClient, words: str) -> None:
    response = client.get("/search", query_string={"q": words})
    assert response.status_code == 200
    assert "<script>" not in response.text


def test_every_thing_of_ours_has_a_page_and_turtle(client: FlaskClient, dataset: Dataset) -> None:
    rows = dataset.store.query(
        'SELECT DISTINCT ?s { ?s a ?c FILTER(STRSTARTS(STR(?s), "https://w3id.org/therapeia/") && !CONTAINS(STR(?s), "#")) }'
    )
    paths = [row["s"].value.removeprefix(BASE) for row in rows]
    for path in (p for p in paths if p.startswith(("id/", "concept/", "query/"))):
        assert client.get("/" + path, headers=HTML).location == "/page/" + path.removeprefix("id/")
        response = client.get("/" + path, headers={"Accept": "text/turtle"}, follow_redirects=True)
        assert (response.status_code, response.mimetype) == (200, "text/turtle"), path


def test_nothing_that_a_page_needs_comes_from_elsewhere_or_runs(client: FlaskClient) -> None:
    response = client.get("/")
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    page = BeautifulSoup(response.text, "html.parser")
    assert page.select("script, [style], [onclick]") == []


def test_markup_and_dangerous_addresses_in_data_are_shown_as_text(tmp_path: Path) -> None:
    from therapeia import store
    from therapeia.app import create_app

    file = tmp_path / "evil.ttl"
    file.write_text(
        f"<{BASE}id/person/evil> a <{BASE}ontology#Person> ; <http://www.w3.org/2004/02/skos/core#prefLabel> "
        f'"<script>alert(1)</script>"@en ; <http://www.w3.org/2000/01/rdf-schema#seeAlso> <javascript:alert(1)> .'
    )
    client = create_app(store.load(extra=[file])).test_client()
    page = client.get("/page/person/evil").text
    assert "<script>" not in page
    assert 'href="javascript:' not in page
    assert "&lt;script&gt;" in page

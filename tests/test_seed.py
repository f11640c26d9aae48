"""Every fact of the page from which the graph grew can be asked, and none of its sentences is copied."""

import os
import re
from pathlib import Path

import pytest
from pyoxigraph import QueryBoolean

from therapeia.layout import ROOT
from therapeia.prefixes import prefix_map
from therapeia.store import Dataset

SEED = Path(os.environ.get("THERAPEIA_SHARED", ROOT.parent / "shared")) / "seed/compassionate-mind-training.txt"
M = "modality:compassionate-mind-training"
FROM_SEED = "dcterms:source source:seed-compassionate-mind-training"


def contraindication(state: str) -> str:
    return f"?x a th:Contraindication ; th:about {M} ; th:inState {state} ; {FROM_SEED}"


def statement(aspect: str, *words: str) -> str:
    tests = " && ".join(f'CONTAINS(LCASE(?text), "{word}")' for word in words)
    return f"?x th:about {M} ; th:aspect aspect:{aspect} ; th:text ?text ; {FROM_SEED} . FILTER({tests})"


def reading(field: str, verbatim: str, damage: str = "") -> str:
    more = f" ; th:damage damage:{damage}" if damage else ""
    return f'?x a th:SourceReading ; th:field "{field}" ; th:verbatim "{verbatim}" ; th:reading ?words{more}'


FACTS = {
    "family": f"{M} th:family family:cognitive-behavioural",
    "name": f'{M} skos:prefLabel "Compassionate Mind Training"@en ; skos:altLabel "CMT"@en',
    "originator": f'{M} th:originator/skos:prefLabel "Paul Gilbert"@en',
    "originator as a contribution": f"?x a th:Contribution ; th:about {M} ; th:role role:originator ; {FROM_SEED}",
    "year": f'{M} th:introducedYear "2005"^^xsd:gYear ; th:yearKind year-kind:not-stated',
    "key text": f'{M} th:keyText source:gilbert-2009 . source:gilbert-2009 dcterms:issued "2009"^^xsd:gYear ; '
    'dcterms:title "The Compassionate Mind: A New Approach to Life\'s Challenges"@en',
    "focus": f"{M} th:focus focus:experiential, focus:skill",
    "format": f"{M} th:format format:individual, format:group",
    "mechanism in words": statement("core-mechanism", "soothing", "images", "breath", "threat"),
    "mechanism: strengthens": f"{M} th:strengthensProcess process:soothing-system",
    "mechanism: counteracts": f"{M} th:counteractsProcess process:threat-system",
    "mechanism: imagery": f"{M} th:usesTechnique technique:compassion-focused-imagery",
    "mechanism: breathing": f'{M} th:usesTechnique/skos:prefLabel ?name FILTER(CONTAINS(LCASE(?name), "breathing"))',
    "mechanism: behaviour": f'{M} th:usesTechnique/skos:prefLabel ?name FILTER(CONTAINS(LCASE(?name), "behavio"))',
    "ontology": statement("ontology", "mismatch", "danger", "calm", "critic", "neglect", "abuse"),
    "voice": f"?x a th:IllustrativeStatement ; th:about {M} ; th:aspect aspect:therapeutic-voice ; th:text ?text",
    "view of the person": statement("view-of-person", "threat", "compet", "compassion"),
    "evidence: 25 or more trials": f"?x a th:EvidenceClaim ; th:about {M} ; th:studyCountMin 25 ; "
    f"th:studyDesign study-design:rct ; {FROM_SEED} . FILTER NOT EXISTS {{ ?x th:studyCountMax ?max }}",
    "evidence: growing": f"?x th:about {M} ; th:evidenceStrength evidence-strength:growing ; {FROM_SEED}",
    "evidence: both citations": "?x th:studyCountMin 25 ; "
    "cito:citesAsEvidence|cito:obtainsBackgroundFrom source:kirby-2017, source:wilson-2019",
    "evidence: strong for shame": "?x th:evidenceStrength evidence-strength:strong ; "
    f"th:forCondition condition:shame-and-self-criticism ; {FROM_SEED}",
    "evidence: part of CFT": f"{M} th:trainingComponentOf modality:compassion-focused-therapy",
    "evidence: distinct from CFT": f"{M} th:distinguishedFrom modality:compassion-focused-therapy",
    "conditions: empty on the page": reading("Conditions", "", "empty"),
    "conditions: filled from the literature": "?x a owl:Axiom ; owl:annotatedProperty th:indicatedFor ; "
    f"owl:annotatedSource {M} ; cito:citesAsEvidence ?source",
    "epistemology": f"{M} th:epistemology epistemology:empiricist, epistemology:evolutionary",
    "epistemology: damaged": reading("Epistemology", "Empiricistevol", "glued"),
    "epistemology: cut off": reading("Epistemology", "Empiricistevol", "truncated"),
    "epistemology rests on the reading": '?x th:verbatim "Empiricistevol" ; '
    "th:supportsValue epistemology:empiricist, epistemology:evolutionary",
    "blind spot: aversive": statement("blind-spots", "attachment"),
    "blind spot: reductive": statement("blind-spots", "evolution"),
    "contraindication: active psychosis": contraindication("condition:active-psychosis"),
    "contraindication: backdraft": contraindication("client-state:compassion-backdraft")
    + ' ; th:qualifier ?only ; th:rationale ?why FILTER(CONTAINS(?why, "shame") && CONTAINS(?why, "grief"))',
    "contraindication: severe dissociation": contraindication("condition:severe-dissociation"),
    "contraindication: acute crisis": contraindication("client-state:acute-crisis"),
    "training: background": f"?x a th:TrainingPathway ; {FROM_SEED} ; "
    "th:requiresBackground background:mental-health-professional",
    "training: pathway": f"?x a th:TrainingPathway ; {FROM_SEED} ; th:accreditingBody organization:cmtuk",
    "training: hours": f"?x {FROM_SEED} ; th:hoursMin 40.0 ; th:hoursMax 80.0 ; th:approximate true",
    "training: price": f'?x {FROM_SEED} ; th:costMin 800.0 ; th:costMax 2000.0 ; th:currency "USD"',
    "adaptation: cross-cultural": f"?x a th:Adaptation ; {FROM_SEED} ; th:adaptationKind adaptation-kind:cultural",
    "adaptation: LGBTQ+": f"?x a th:Adaptation ; {FROM_SEED} ; th:adaptationKind adaptation-kind:lgbtq-affirming",
    "adaptations: glued": reading(
        "Equity & Cultural Adaptations", "Cross-cultural adaptationsLGBTQ+ affirming adaptations", "glued"
    ),
    "root: evolutionary psychology": f"{M} th:philosophicalRoot root:evolutionary-psychology",
    "root: Buddhist compassion": f"{M} th:philosophicalRoot/skos:broader* root:buddhism",
    "root: attachment theory": f"{M} th:philosophicalRoot root:attachment-theory",
    "root: affiliative neuroscience": f"{M} th:philosophicalRoot root:affective-neuroscience",
    "root: each with its idea": f"?x a th:Influence ; th:about {M} ; th:influencer root:attachment-theory ; th:idea ?i",
    "root: the Dalai Lama's distinction": f"?x a th:Influence ; th:influencer person:dalai-lama-14 ; {FROM_SEED}",
    "related: empty on the page": reading("Related Modalities", "", "empty"),
    "related: filled": f"{M} th:relatedTo|th:distinguishedFrom modality:mindful-self-compassion",
    "quiz": f"?x a th:QuizItem ; th:about {M} ; th:question ?q ; {FROM_SEED} ; "
    "dcterms:subject process:threat-system, process:drive-system, process:soothing-system",
    "source: Kirby": 'source:kirby-2017 bibo:volume "48" ; bibo:issue "6" ; bibo:pages "778-792" ; '
    'prism:publicationName "Behavior Therapy"',
    "source: missing from the list": '?x th:verbatim "Wilson et al. (2019)" ; th:damage damage:unresolved ; '
    "th:supportsValue source:wilson-2019",
    "head: glued": "?x th:damage damage:glued ; th:verbatim ?v ; th:supportsValue family:cognitive-behavioural, "
    "focus:skill, format:group",
}
DOUBTS = {
    "the number of trials": "?claim th:studyCountMin 25 .",
    "the strength for shame": "?claim th:evidenceStrength evidence-strength:strong .",
    "psychosis": "?claim a th:Contraindication ; th:inState condition:active-psychosis .",
    "the Dalai Lama": "?claim th:influencer person:dalai-lama-14 .",
    "mismatch": f"?claim th:about {M} ; th:aspect aspect:ontology .",
    "the three selves": f"?claim th:about {M} ; th:aspect aspect:view-of-person .",
}


def ask(dataset: Dataset, pattern: str) -> bool:
    answer = dataset.store.query(f"ASK {{ {pattern} }}", prefixes=dict(prefix_map()))
    assert isinstance(answer, QueryBoolean)
    return bool(answer)


@pytest.mark.parametrize("pattern", FACTS.values(), ids=FACTS.keys())
def test_a_fact_of_the_seed_can_be_asked(dataset: Dataset, pattern: str) -> None:
    assert ask(dataset, pattern)


@pytest.mark.parametrize("pattern", DOUBTS.values(), ids=DOUBTS.keys())
def test_what_the_fact_check_limits_stands_beside_it_with_a_source_of_its_own(dataset: Dataset, pattern: str) -> None:
    reply = "?reply cito:qualifies|cito:disputes ?claim ; th:curationStatus curation-status:cited ; ?cites ?source ."
    cites = "VALUES ?cites { cito:citesAsEvidence cito:citesAsAuthority cito:obtainsBackgroundFrom }"
    seed = f"?claim {FROM_SEED} ."
    assert ask(
        dataset,
        f"{pattern} {seed} {reply} {cites} FILTER(?source != source:seed-compassionate-mind-training)",
    )


def runs(text: str, length: int = 7) -> set[str]:
    words = re.findall(r"[a-z0-9]+", text.lower())
    return {" ".join(words[i : i + length]) for i in range(len(words) - length + 1)}


@pytest.mark.skipif(not SEED.exists(), reason="the seed page is not part of the repository")
def test_no_sentence_of_the_seed_is_copied(dataset: Dataset) -> None:
    titles = runs("The Compassionate Mind: A New Approach to Life's Challenges") | runs(
        "Meta-analysis of compassion-based interventions. Behavior Therapy, 48(6), 778-792"
    )
    seed = runs(SEED.read_text("utf-8")) - titles
    prose = dataset.store.query(
        "SELECT ?s ?text { ?s ?p ?text FILTER(isLiteral(?text) && ?p NOT IN "
        "(th:verbatim, dcterms:title, dcterms:bibliographicCitation)) }",
        prefixes=dict(prefix_map()),
    )
    copied = {row["s"].value: seed & runs(row["text"].value) for row in prose}
    assert {subject: shared for subject, shared in copied.items() if shared} == {}

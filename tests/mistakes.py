"""Mistakes to plant: what a curator might write, which check must catch it, and a word of the message.

Each is a record for `data/modality/test-therapy.ttl`, made of the sound one by a replacement.
"""

from dataclasses import dataclass

SOUND = """\
@prefix curation-status: <https://w3id.org/therapeia/concept/curation-status/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix family: <https://w3id.org/therapeia/concept/family/> .
@prefix modality: <https://w3id.org/therapeia/id/modality/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix th: <https://w3id.org/therapeia/ontology#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

<https://w3id.org/therapeia/data/modality/test-therapy> a th:Record ;
    dcterms:created "2026-11-23"^^xsd:date ;
    th:describes modality:test-therapy .

modality:test-therapy a th:Modality ;
    skos:prefLabel "Test Therapy"@en ;
    dcterms:identifier "test-therapy" ;
    th:curationStatus curation-status:stub ;
    th:family family:psychodynamic .
"""
PREFIXES = """\
@prefix aspect: <https://w3id.org/therapeia/concept/aspect/> .
@prefix cito: <http://purl.org/spar/cito/> .
@prefix claim: <https://w3id.org/therapeia/id/claim/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix part: <https://w3id.org/therapeia/id/modality/test-therapy#> .
@prefix person: <https://w3id.org/therapeia/id/person/> .
@prefix root: <https://w3id.org/therapeia/concept/root/> .
@prefix source: <https://w3id.org/therapeia/id/source/> .
@prefix process: <https://w3id.org/therapeia/concept/process/> .
@prefix bibo: <http://purl.org/ontology/bibo/> .
"""
C = "https://w3id.org/therapeia/concept/"


@dataclass(frozen=True)
class Mistake:
    """A text put after the modality's last value, or in place of another; the rule, words, and level."""

    rule: str
    words: str
    add: str
    old: str = ""
    level: str = "violation"

    def record(self) -> str:
        text = SOUND.replace("\n\n", "\n" + PREFIXES + "\n", 1)
        if self.old:
            assert self.old in text, self.old
            return text.replace(self.old, self.add)
        if self.add.startswith(";"):
            return text.rstrip().removesuffix(".").rstrip() + " " + self.add + " .\n"
        return text + self.add + "\n"


def part(kind: str, more: str, name: str = "part:x") -> str:
    return f"{name} a th:{kind} ; th:about modality:test-therapy ; th:curationStatus curation-status:drafted ; {more} ."


CLAIM = (
    'th:text "It helped."@en ; th:studyDesign <%(c)sstudy-design/rct> ; th:directness <%(c)sdirectness/direct> ; '
    "th:direction <%(c)sdirection/favours> ; cito:citesAsEvidence source:kirby-2017 ; "
    "th:evidenceStrength <%(c)sevidence-strength/not-stated>" % {"c": C}
)
STATED = "th:severity <%sseverity/caution> ; dcterms:source source:kirby-2017" % C
STATEMENT = 'th:aspect aspect:ontology ; th:text "What there is."@en'

SHAPES = [
    Mistake("shape/MinCount", "name (skos:prefLabel) is missing", "", '    skos:prefLabel "Test Therapy"@en ;\n'),
    Mistake("shape/Datatype", "“Test Therapy”", '"Test Therapy" ;', '"Test Therapy"@en ;'),
    Mistake("shape/UniqueLang", "one language", '"Test Therapy"@en, "Testing"@en ;', '"Test Therapy"@en ;'),
    Mistake("shape/Pattern", "Test_Therapy", 'dcterms:identifier "Test_Therapy"', 'dcterms:identifier "test-therapy"'),
    Mistake("shape/Datatype", "ca. 2005", '; th:introducedYear "ca. 2005"'),
    Mistake("shape/Pattern", "“nope”", '; th:introducedYear "nope"^^xsd:gYear'),
    Mistake("shape/MaxCount", "more than once", '; th:introducedYear "2005"^^xsd:gYear, "2006"^^xsd:gYear'),
    Mistake("shape/Class", "no record as th:Person", "; th:originator person:nobody-at-all"),
    Mistake("shape/Class", "“Paul Gilbert”", '; th:originator "Paul Gilbert"'),
    Mistake("shape/NodeKind", "Empiricistevol", '; th:epistemology "Empiricistevol"'),
    Mistake("shape/MinCount", "status", "", "    th:curationStatus curation-status:stub ;\n"),
    Mistake("shape/MinLength", "too short", part("Statement", 'th:aspect aspect:ontology ; th:text "x"@en')),
    Mistake("shape/LessThanOrEquals", "“90”", part(
        "TrainingPathway",
        'skos:prefLabel "A"@en ; dcterms:source source:kirby-2017 ; th:hoursMin 90.0 ; th:hoursMax 80.0')),
    Mistake("shape/MinExclusive", "not above 0", part(
        "TrainingPathway", 'skos:prefLabel "A"@en ; dcterms:source source:kirby-2017 ; th:hoursMin 0.0')),
    Mistake("shape/MinInclusive", "below 0", part("EvidenceClaim", CLAIM + " ; th:studyCountMin -1", "claim:x")),
    Mistake("shape/Pattern", "https://doi.org", part(
        "Source", 'dcterms:bibliographicCitation "A" ; bibo:doi "https://doi.org/10.1/x"', "source:x").replace(
            "th:about modality:test-therapy ;", "")),
]  # fmt: skip
RULES = [
    Mistake("rule/acyclic", "th:derivedFrom", "; th:derivedFrom modality:test-therapy"),
    Mistake("rule/scheme-membership", "process:shame", "; th:focus process:shame"),
    Mistake("rule/defined-term", "Did you mean th:keyText?", "; th:keytext source:kirby-2017"),
    Mistake("rule/dangling-link", "Did you mean modality:schema-therapy?", "; th:derivedFrom modality:shema-therapy"),
    Mistake("rule/cited-needs-citation", "names no source", part("Statement", STATEMENT).replace("drafted", "cited")),
    Mistake("rule/reviewed-needs-review", "no review", part("Statement", STATEMENT).replace("drafted", "expert-reviewed")),
    Mistake("rule/deprecated-needs-successor", "replacement", "; owl:deprecated true"),
    Mistake("rule/part-needs-source", "names no source", part(
        "Contraindication", f"th:inState <{C}client-state/acute-crisis> ; th:severity <{C}severity/caution>")),
    Mistake("rule/cost-needs-currency", "currency", part(
        "TrainingPathway", 'skos:prefLabel "A"@en ; dcterms:source source:kirby-2017 ; th:costMin 80.0')),
    Mistake("rule/stale-annotation", "is not there", "part:x a owl:Axiom ; owl:annotatedSource modality:test-therapy ; "
            "owl:annotatedProperty th:family ; owl:annotatedTarget family:couple ."),
    Mistake("rule/root-needs-influence", "root:darwinism", "th:philosophicalRoot root:darwinism ; "
            "th:curationStatus curation-status:seed-derived ;", "th:curationStatus curation-status:stub ;"),
    Mistake("rule/influence-needs-root", "root:darwinism", part(
        "Influence", 'th:influencer root:darwinism ; th:idea "Change."@en')),
    Mistake("rule/contribution-of-originator", "person:paul-gilbert", "th:originator person:paul-gilbert ; "
            "th:curationStatus curation-status:seed-derived ;", "th:curationStatus curation-status:stub ;"),
    Mistake("rule/untidy-text", "untidy", '"Test  Therapy"@en', '"Test Therapy"@en'),
    Mistake("rule/address-form", "not in our form", part("Statement", STATEMENT, "part:Ontology_1")),
    Mistake("rule/address-of-class", "th:Person", "part:x a th:Person ; th:curationStatus curation-status:stub ; "
            'skos:prefLabel "A B"@en .'),
    Mistake("rule/identifier", "test-terapy", 'dcterms:identifier "test-terapy"', 'dcterms:identifier "test-therapy"'),
    Mistake("rule/same-name", "same name", '"Schema Therapy"@en', '"Test Therapy"@en'),
    Mistake("rule/same-concept-name", "same name", f"<{C}focus/skills> a skos:Concept ; skos:inScheme <{C}focus> ; "
            'skos:prefLabel "skill"@en ; skos:definition "Skills."@en .'),
    Mistake("rule/preferred-and-alternative", "Test Therapy", '; skos:altLabel "Test Therapy"@en'),
    Mistake("rule/broader-in-scheme", "another scheme", f"<{C}focus/x> a skos:Concept ; skos:inScheme <{C}focus> ; "
            'skos:prefLabel "x y"@en ; skos:definition "X."@en ; skos:broader process:shame .'),
    Mistake("rule/harmful-and-modality", "harmful practice", "th:Modality, th:HarmfulPractice ; "
            'skos:definition "A."@en ; th:harm "B."@en ;', "th:Modality ;"),
    Mistake("rule/strong-word-without-study", "strong", part(
        "EvidenceClaim", CLAIM.replace("not-stated", "strong").replace("cito:citesAsEvidence", "dcterms:source"),
        "claim:x"), level="warning"),
    Mistake("rule/year-needs-kind", "what happened", '; th:introducedYear "2005"^^xsd:gYear'),
    Mistake("rule/cost-needs-year", "year", part(
        "TrainingPathway",
        'skos:prefLabel "A"@en ; dcterms:source source:kirby-2017 ; th:costMin 80.0 ; th:currency "GBP"'),
        level="warning"),
    Mistake("rule/effect-needs-frame", "comparator", part("EvidenceClaim", CLAIM + " ; th:estimate 0.5", "claim:x")),
    Mistake("rule/ungraded-contraindication", "not graded", part(
        "Contraindication", f"th:inState <{C}client-state/acute-crisis> ; " + STATED.replace("caution", "not-stated")),
        level="info"),
    Mistake("rule/full-profile", "aspect:blind-spots", "th:curationStatus curation-status:seed-derived ;",
            "th:curationStatus curation-status:stub ;"),
]  # fmt: skip

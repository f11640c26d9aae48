"""Mistakes to plant: what a curator might write, which check must catch it, and a word of the message.

Each is a record for `data/modality/test-therapy.ttl`, made of the sound one by a replacement.
"""

import re
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
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
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

    def record(self, number: int) -> str:
        """Write the record under names that no other mistake has."""
        text = re.sub(
            r"(?i)(test.therapy|\b(?:source|claim|person|part):x|\bth:test\w*)", rf"\g<1>-{number}", self.text()
        )
        return text.replace(f"Test Therapy-{number}", f"Test Therapy {number}")

    def text(self) -> str:
        text = SOUND.replace("\n\n", "\n" + PREFIXES + "\n", 1)
        if self.old:
            assert self.old in text, self.old
            return text.replace(self.old, self.add)
        if self.add.startswith(";"):
            return text.rstrip().removesuffix(".").rstrip() + " " + self.add + " .\n"
        return text + self.add + "\n"


def part(kind: str, more: str, name: str = "part:x") -> str:
    return f"{name} a th:{kind} ; th:about modality:test-therapy ; th:curationStatus curation-status:drafted ; {more} ."


def term(name: str, kinds: str, more: str) -> str:
    return f"th:{name} a {kinds} ; {more} ."


def source(more: str) -> str:
    return (
        f'source:x a th:Source ; dcterms:bibliographicCitation "A" ; th:curationStatus curation-status:stub ; {more} .'
    )


def focus(more: str) -> str:
    return f'<{C}focus/x> a skos:Concept ; skos:inScheme <{C}focus> ; skos:prefLabel "x y"@en ; {more} .'


CLAIM = (
    'th:text "It helped."@en ; th:studyDesign <%(c)sstudy-design/rct> ; th:directness <%(c)sdirectness/direct> ; '
    "th:direction <%(c)sdirection/favours> ; cito:citesAsEvidence source:kirby-2017 ; "
    "th:evidenceStrength <%(c)sevidence-strength/not-stated>" % {"c": C}
)
STATED = "th:severity <%sseverity/caution> ; dcterms:source source:kirby-2017" % C
EXPLAINED = 'rdfs:label "test word"@en ; skos:definition "Stands here for a test."@en'
TOP = f'skos:definition "Something."@en ; skos:topConceptOf <{C}focus>'
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
    Mistake("shape/UniqueLang", "one language", focus(TOP + ' ; skos:prefLabel "z"@en')),
    Mistake("shape/MinCount", "directness", part(
        "EvidenceClaim", CLAIM.replace(f"th:directness <{C}directness/direct> ; ", ""), "claim:x")),
    Mistake("shape/Pattern", "thirteen digits", source('bibo:isbn13 "978-0-89862-183-9"')),
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
    Mistake("rule/originator-in-time", "person:carl-rogers", '; th:originator person:carl-rogers ; '
            'th:introducedYear "1910"^^xsd:gYear ; th:yearKind <https://w3id.org/therapeia/concept/year-kind/idea>',
            level="warning"),
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
VOCABULARY = [
    Mistake("rule/term-explained", "no definition", term("Word", "owl:Class", 'rdfs:label "test word"@en')),
    Mistake("rule/circular-definition", "A test word is", term(
        "Word", "owl:Class", 'rdfs:label "test word"@en ; skos:definition "A test word is what it is."@en')),
    Mistake("rule/empty-definition", "“A x y.”", focus('skos:definition "A x y."@en'), level="warning"),
    Mistake("rule/same-term-label", "th:Modality", term(
        "Way", "owl:Class", 'rdfs:label "modality"@en ; skos:definition "Something."@en')),
    Mistake("rule/term-naming", "UpperCamelCase", term("testWord", "owl:Class", EXPLAINED)),
    Mistake("rule/term-naming", "lowerCamelCase", term("Test_word", "owl:DatatypeProperty", EXPLAINED)),
    Mistake("rule/one-domain", "th:Person", term(
        "word", "owl:DatatypeProperty", EXPLAINED + " ; rdfs:domain th:Modality, th:Person")),
    Mistake("rule/one-domain", "th:Source", term(
        "word", "owl:ObjectProperty", EXPLAINED + " ; rdfs:range th:Modality, th:Source")),
    Mistake("rule/unconnected-term", "no other term", term("Word", "owl:Class", EXPLAINED), level="warning"),
    Mistake("rule/read-backwards", "other end", term("word", "owl:ObjectProperty", EXPLAINED) +
            " modality:test-therapy th:word modality:emdr .", level="warning"),
    Mistake("rule/transitive-property", "owl:FunctionalProperty", term(
        "word", "owl:ObjectProperty, owl:TransitiveProperty, owl:FunctionalProperty", EXPLAINED)),
    Mistake("rule/two-kinds-of-term", "owl:AnnotationProperty", term(
        "word", "owl:ObjectProperty, owl:AnnotationProperty", EXPLAINED)),
    Mistake("rule/disjoint-classes", "th:Dose", part("Dose, th:Milestone", 'th:text "Ten weeks."@en')),
    Mistake("rule/one-value", "th:modalityKind",
            f"; th:modalityKind <{C}modality-kind/programme>, <{C}modality-kind/method>"),
    Mistake("rule/link-back", "th:reactionTo", "; th:reactionTo modality:test-therapy"),
    Mistake("rule/link-back", "th:derivedFrom", "; th:derivedFrom modality:emdr . "
            "modality:emdr th:derivedFrom modality:test-therapy"),
    Mistake("rule/wrong-kind", "for a th:TrainingPathway", "; th:hoursMin 40.0"),
    Mistake("rule/inferred-by-hand", "th:descendsFrom", "; th:descendsFrom modality:emdr"),
    Mistake("rule/inferred-by-hand", "th:hasPart", "; th:hasPart modality:emdr"),
    Mistake("rule/related-and-broader", "focus:skill", focus(
        f"skos:broader <{C}focus/skill> ; skos:related <{C}focus/skill>")),
    Mistake("rule/related-and-broader", "focus:x", focus(TOP) + f" <{C}focus/y> skos:related <{C}focus/x> . "
            f"<{C}focus/x> skos:broader <{C}focus/y> ."),
    Mistake("rule/top-concept", "no way up", focus('skos:definition "Something."@en')),
    Mistake("rule/top-and-broader", "focus:skill", focus(TOP + f" ; skos:broader <{C}focus/skill>")),
    Mistake("rule/exact-match-twice", "wikidata", "; skos:exactMatch <http://www.wikidata.org/entity/Q928865>",
            level="warning"),
    Mistake("rule/exact-match-twice", "wikidata", "; skos:exactMatch <http://www.wikidata.org/entity/Q1>, "
            "<http://www.wikidata.org/entity/Q2>", level="warning"),
    Mistake("rule/match-target", "no address", "; skos:closeMatch <http://www.wikidata.org/wiki/Q12>", level="warning"),
    Mistake("rule/name-of-another", "Schema Therapy", '; skos:altLabel "Schema Therapy"@en', level="warning"),
    Mistake("rule/name-of-another", "Paul Gilbert", "person:x a th:Person ; th:curationStatus curation-status:stub ; "
            'skos:prefLabel "P. Gilbert"@en ; skos:altLabel "Paul Gilbert"@en .', level="warning"),
    Mistake("rule/same-name", "person:paul-gilbert", "person:a a th:Person ; th:curationStatus curation-status:stub ; "
            'skos:prefLabel "Paul Gilbert"@en .'),
    Mistake("rule/untidy-text", "untidy", '" Test Therapy"@en', '"Test Therapy"@en'),
    Mistake("rule/untidy-text", "untidy", '"ThÃ©rapie"@en', '"Test Therapy"@en'),
    Mistake("rule/untidy-text", "untidy", '"Test\\u0007Therapy"@en', '"Test Therapy"@en'),
]  # fmt: skip
SOURCES = [
    Mistake("rule/isbn-check-digit", "9780898621838", source('bibo:isbn13 "9780898621838"')),
    Mistake("rule/orcid-check-digit", "0000-0002-1825-0079",
            "person:paul-gilbert skos:exactMatch <https://orcid.org/0000-0002-1825-0079> ."),
    Mistake("rule/orcid-check-digit", "0000-0002-1825",
            "person:paul-gilbert skos:exactMatch <https://orcid.org/0000-0002-1825> ."),
    Mistake("rule/identifier-seen", "nothing says where", source('bibo:doi "10.1000/unseen"')),
    Mistake("rule/remembered-citation", "was remembered", 'source:x a th:Source ; dcterms:bibliographicCitation "A" ; '
            'th:curationStatus curation-status:cited ; th:verification "Title seen; the year is from memory."@en .'),
    Mistake("rule/same-identifier", "source:kirby-2017", source('bibo:doi "10.1016/j.beth.2017.06.003"')),
    Mistake("rule/same-identifier", "source:linehan-1993", source('bibo:isbn13 "9780898621839"')),
    Mistake("rule/same-source", "source:kirby-2017", source(
        'dcterms:issued "2017"^^xsd:gYear ; dcterms:title "A Meta-Analysis of Compassion-Based Interventions: '
        'current state of knowledge and future directions."@en'), level="warning"),
    Mistake("rule/citation-in-prose", "Kirby and colleagues 1917", part(
        "Statement", STATEMENT.replace("What", "Kirby et al. (2017) and Kirby and colleagues (1917) say what")),
        level="warning"),
    Mistake("rule/citation-in-prose", "Nobody 2017", part(
        "Statement", STATEMENT.replace("is.", "is (Kirby and others 2017; Nobody, 2017).")), level="warning"),
    Mistake("rule/unused-source", "cited by nothing", source('th:authors "A"'), level="warning"),
    Mistake("rule/replaced-link", "modality:x", "; th:relatedTo modality:x . modality:x dcterms:isReplacedBy modality:emdr",
            level="warning"),
    Mistake("rule/cited-stub", "source:x", part("Statement", STATEMENT + " ; cito:citesAsEvidence source:x") +
            source('th:authors "A"'), level="warning"),
    Mistake("rule/retracted-source", "source:x", part("Statement", STATEMENT + " ; cito:citesAsEvidence source:x") +
            source('th:retraction "Withdrawn by the journal in 2020."@en'), level="warning"),
    Mistake("rule/retracted-source", "source:x", "; th:keyText source:x . " +
            source(f"th:publicationStatus <{C}publication-status/retracted>").removesuffix("."), level="warning"),
]  # fmt: skip
MISTAKES = SHAPES + RULES + VOCABULARY + SOURCES

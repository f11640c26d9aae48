"""What a check finds, said to people and to programs: where, what, why and how to fix it."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

# From worst to mildest, as SHACL has them; the second name is that of SARIF.
LEVELS: Mapping[str, str] = {"violation": "error", "warning": "warning", "info": "note"}


@dataclass(frozen=True, order=True)
class Finding:
    """One finding. `line` counts from 1; 0 where no line can be told. `rule` names what found it."""

    file: str
    line: int
    level: str
    subject: str
    what: str
    why: str
    fix: str
    rule: str


def relative(path: Path) -> str:
    """Write a path as the reader would: from where they stand, if it lies below."""
    path = path.resolve()
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def summary(findings: Iterable[Finding]) -> str:
    """Count findings by level in words: `1 violation, 2 warnings, 0 notes`."""
    counts = Counter(finding.level for finding in findings)
    words = (("violation", "violation"), ("warning", "warning"), ("info", "note"))
    return ", ".join(f"{counts[level]} {word}{'' if counts[level] == 1 else 's'}" for level, word in words)


def as_text(findings: Iterable[Finding]) -> str:
    """Write findings for people: `file:line: what`, then why and how to fix it."""
    lines = []
    for f in findings:
        subject = f"{f.subject}: " if f.subject else ""
        lines.append(f"{f.file}:{f.line}: {f.level}: {subject}{f.what}")
        lines += [f"    {word}: {text}" for word, text in (("why", f.why), ("fix", f.fix)) if text]
    return "\n".join(lines)


def as_json(findings: Iterable[Finding]) -> str:
    """Write findings as a JSON array of objects with the fields of Finding."""
    return json.dumps([asdict(finding) for finding in findings], indent=2, ensure_ascii=False)


def as_sarif(findings: Iterable[Finding]) -> str:
    """Write findings in SARIF 2.1.0, which code hosts show beside the line.

    https://docs.oasis-open.org/sarif/sarif/v2.1.0/
    """
    results = [_sarif_result(finding) for finding in findings]
    rules = [{"id": rule} for rule in sorted({result["ruleId"] for result in results})]
    driver = {
        "name": "therapeia check",
        "informationUri": "https://w3id.org/therapeia/shapes",
        "rules": rules,
    }
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": results}],
    }
    return json.dumps(log, indent=2, ensure_ascii=False)


def _sarif_result(finding: Finding) -> dict[str, Any]:
    place = {"artifactLocation": {"uri": finding.file}, "region": {"startLine": max(finding.line, 1)}}
    text = " ".join(part for part in (finding.subject, finding.what, finding.why, finding.fix) if part)
    return {
        "ruleId": finding.rule,
        "level": LEVELS[finding.level],
        "message": {"text": text},
        "locations": [{"physicalLocation": place}],
    }


WRITERS: Mapping[str, Callable[[Iterable[Finding]], str]] = {
    "text": as_text,
    "json": as_json,
    "sarif": as_sarif,
}

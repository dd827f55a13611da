"""A verdict as a compliance officer reads it, and as data."""

from collections.abc import Iterator
from typing import Any

from goodstanding.core.conduct.verdict import Decision, Finding, Verdict

_SAID = {Decision.ALLOWED: "Allowed", Decision.REVIEW: "To be reviewed by a person", Decision.REFUSED: "Refused"}


def verdict_lines(verdict: Verdict) -> Iterator[str]:
    """The decision, what stands against it, when it would be allowed, and every other rule that spoke."""
    yield f"{_SAID[verdict.decision]} at {verdict.at.isoformat()}."
    against = verdict.against
    for one in against:
        yield from _finding_lines(one)
    if verdict.decision is Decision.REFUSED:
        if verdict.missing:
            yield f"  Say {', '.join(verdict.missing)}, and ask again."
        if verdict.allowed_from is not None:
            then = "for a person to look at" if verdict.then is Decision.REVIEW else "allowed"
            yield f"  It would be {then} from {verdict.allowed_from.isoformat()}, if nothing else happens before."
        else:
            yield "  Time alone doesn't make it allowed."
    rest = [one for one in verdict.findings if one not in against]
    if rest:
        yield "Also heard:"
        yield from (f"  {one.rule} ({_SAID[one.decision].lower()}): {one.detail}" for one in rest)


def _finding_lines(one: Finding) -> Iterator[str]:
    alias = f" [{one.alias}]" if one.alias else ""
    yield f"  {one.rule}{alias}: {one.detail}"
    source = f"{one.citation}; confidence {one.confidence}; " if one.citation else ""
    reviewed = f"signed off by {one.reviewed_by or 'nobody yet'}"
    bound = "" if one.binding else "; not legally required for whoever acts here"
    if one.citation:
        yield f"    {one.effect.value.replace('_', ' ')}; {source}{reviewed}{bound}"


def verdict_data(verdict: Verdict) -> dict[str, Any]:
    """The verdict as plain data for JSON."""
    return {
        "decision": verdict.decision.value,
        "at": verdict.at.isoformat(),
        "allowed_from": verdict.allowed_from.isoformat() if verdict.allowed_from else None,
        "then": verdict.then.value if verdict.then else None,
        "missing": list(verdict.missing),
        "against": [one.rule for one in verdict.against],
        "findings": [_finding_data(one) for one in verdict.findings],
    }


def _finding_data(one: Finding) -> dict[str, Any]:
    return {
        "rule": one.rule,
        "alias": one.alias,
        "decision": one.decision.value,
        "effect": one.effect.value,
        "reason": one.reason,
        "detail": one.detail,
        "citation": one.citation,
        "confidence": one.confidence,
        "reviewed_by": one.reviewed_by or None,
        "binding": one.binding,
        "until": one.until.isoformat() if one.until else None,
        "missing": list(one.missing),
    }

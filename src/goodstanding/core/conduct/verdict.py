"""What the gate answers: allowed, refused or to be reviewed, with every rule that spoke."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from goodstanding.core.conduct.rule import Effect

NO_RULE_SPEAKS = "no_rule_speaks"
"""The reason of a finding of our own, where the law's rules on an act were asked and none had anything to say."""


class Decision(StrEnum):
    """review: the law doesn't forbid it, but a person looks at it first; nothing is sent by itself."""

    ALLOWED = "allowed"
    REVIEW = "review"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule said. detail: one sentence with the fact that decided. until: when this rule would no longer stand
    against it, by the passing of time alone; None: it doesn't, or only something else than time can change it.

    missing: names of the answers it would have needed. binding: False where the rule doesn't bind this actor.
    """

    rule: str
    decision: Decision
    effect: Effect
    reason: str
    detail: str
    citation: str = ""
    alias: str = ""
    confidence: str = ""
    reviewed_by: str = ""
    until: datetime | None = None
    missing: tuple[str, ...] = ()
    binding: bool = True


@dataclass(frozen=True, slots=True)
class Verdict:
    """The gate's answer. allowed_from: the next instant at which the same proposal would no longer be refused, if nothing else
    happens before; None when it isn't refused now, or time alone doesn't bring it. then: what it would be at that instant, allowed
    or for a person to look at. missing: answers that nobody gave."""

    decision: Decision
    findings: tuple[Finding, ...]
    at: datetime
    allowed_from: datetime | None = None
    then: Decision | None = None

    @property
    def against(self) -> tuple[Finding, ...]:
        """What stands in its way: the refusals if there are any, else what asks for a review."""
        return tuple(one for one in self.findings if one.decision is self.decision is not Decision.ALLOWED)

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for one in self.findings for name in one.missing))

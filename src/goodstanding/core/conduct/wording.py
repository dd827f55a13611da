"""The wording of a letter or message, held against the rules: what it must contain, what it must never say, what it rests on.

Only the rules on content are asked, so a text can be checked before anybody is to receive it; `gate.judge` asks them too, for a
proposal whose words it is given. Every finding names the rule and the words.
"""

from dataclasses import replace
from datetime import datetime

from goodstanding.core.conduct.checks.words import forms_of, items_in
from goodstanding.core.conduct.facts import Channel, Facts, Proposal, Purpose
from goodstanding.core.conduct.gate import ask_rules, strictest
from goodstanding.core.conduct.rule import Effect, Rules
from goodstanding.core.conduct.verdict import Verdict
from goodstanding.core.letter import LetterContent, texts

ON_CONTENT = frozenset({Effect.CONTENT_REQUIRED, Effect.CONTENT_FORBIDDEN})

# What each letter is for; a letter that isn't here is a demand.
PURPOSES = {
    "pre_due_reminder": Purpose.REMINDER,
    "credit_reporting_notice": Purpose.STATUTORY_NOTICE,
    "arrears_notice": Purpose.STATUTORY_NOTICE,
    "default_notice": Purpose.STATUTORY_NOTICE,
    "default_sum_notice": Purpose.STATUTORY_NOTICE,
    "annual_statement": Purpose.STATUTORY_NOTICE,
    "negative_information_notice": Purpose.STATUTORY_NOTICE,
    "outsourcing_notice": Purpose.STATUTORY_NOTICE,
    "validation_notice": Purpose.VALIDATION_NOTICE,
    "dispute_received": Purpose.ANSWER,
    "dispute_answered": Purpose.ANSWER,
    "hardship_received": Purpose.ANSWER,
    "offer": Purpose.OFFER,
    "plan_agreement": Purpose.ANSWER,
    "promise_confirmed": Purpose.ANSWER,
    "paid_up": Purpose.SERVICE,
    "single": Purpose.ANSWER,
}
ASKS_FOR_NOTHING = frozenset({"dispute_received", "hardship_received", "plan_agreement", "paid_up"})


def content_rules(rules: Rules) -> Rules:
    """Those of the rules that are about words."""
    return replace(rules, rules=tuple(rule for rule in rules.rules if rule.effect in ON_CONTENT))


def letter_proposal(
    content: LetterContent, rules: Rules, *, channel: Channel = Channel.LETTER, address: str = ""
) -> Proposal:
    """What sending this letter means to the gate: its purpose, its words, what it contains, the consequences it names."""
    said = [(key, text) for key, text in texts(content) if text]
    keys = [key for key, _ in said] + (["code"] if content.code_caption else [])
    frame = (content.running_head, content.page_label, content.code_caption, content.code_description)
    text = "\n".join((*(text for _, text in said), *(one for one in frame if one)))
    return Proposal(
        channel=channel,
        purpose=PURPOSES.get(content.letter, Purpose.DEMAND),
        debts=(content.loan_id,),
        address=address,
        asks_for_payment=content.letter not in ASKS_FOR_NOTHING,
        required_by_law=PURPOSES.get(content.letter) in (Purpose.STATUTORY_NOTICE, Purpose.VALIDATION_NOTICE),
        language=content.language,
        text=text,
        unapproved="\n".join(content.unapproved),
        letter=content.letter,
        items=items_in(rules.items, forms_of(text), keys),
        claims=tuple(one.key for one in content.findings if one.key.startswith("follow.")),
    )


def message_proposal(
    text: str, content: LetterContent, rules: Rules, *, channel: Channel, address: str = ""
) -> Proposal:
    """What sending a short message about a letter means to the gate: its own words, by which it asks for nothing."""
    named = {"sender_named", "lender_named"} if content.sender.name in text else set()
    return replace(
        letter_proposal(content, rules, channel=channel, address=address),
        text=text,
        items=items_in(rules.items, forms_of(text)) | named,
        claims=(),
        asks_for_payment=False,
    )


def check_letter(content: LetterContent, rules: Rules, facts: Facts, at: datetime) -> Verdict:
    """Hold a letter's words against the rules on content, for this reader and day."""
    return _check(letter_proposal(content, rules), facts, rules, at)


def check_message(
    text: str, channel: Channel, rules: Rules, facts: Facts, at: datetime, *, purpose: Purpose = Purpose.DEMAND
) -> Verdict:
    """Hold the words of a message, e-mail, voicemail or script against the rules on content."""
    return _check(Proposal(channel=channel, purpose=purpose, text=text), facts, rules, at)


def _check(proposal: Proposal, facts: Facts, rules: Rules, at: datetime) -> Verdict:
    findings = tuple(ask_rules(proposal, facts, content_rules(rules), at))
    return Verdict(strictest(findings), findings, at)

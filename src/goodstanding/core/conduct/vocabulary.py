"""The words that facts and rules share, each with what it means: a misspelt one is refused, for it would make a rule silent.

One word for one idea, whatever the country. A new one is added here, with its meaning, by whoever writes a rule that needs it.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Self


class Word(StrEnum):
    """A word with its meaning; equal to its own text."""

    means: str

    def __new__(cls, word: str, means: str) -> Self:
        one = str.__new__(cls, word)
        one._value_ = word
        one.means = means
        return one


class Product(Word):
    """What kind of credit a debt is."""

    LOAN = "loan", "A loan of any kind that isn't named below."
    CARD = "card", "A credit card."
    CASH_CARD = "cash_card", "A card that only draws cash on credit."
    OVERDRAFT = "overdraft", "A current account that may be overdrawn."
    STUDENT_LOAN = "student_loan", "A loan for studies."
    CAR_LOAN = "car_loan", "A loan for a vehicle."
    MORTGAGE = "mortgage", "A loan secured on land or a home."


class Licence(Word):
    """Under which licence somebody lends."""

    BANK = "bank", "A bank, or whoever may issue credit cards."
    CONSUMER_FINANCE = "consumer_finance", "A consumer-finance company."
    MICRO_LOAN = "micro_loan", "A licensed micro-loan company."
    TRUST = "trust", "A trust company."
    PAWN = "pawn", "A pawn shop."
    GUARANTEE = "guarantee", "A company that guarantees loans."
    LEASING = "leasing", "A leasing company."
    FACTORING = "factoring", "A factoring company."
    ASSET_MANAGEMENT = "asset_management", "A local asset-management company."
    NONE = "none", "No licence for lending."


class HoldKind(Word):
    """Why collection stops."""

    PLAN = "plan", "A plan to pay was agreed."
    PROMISE = "promise", "A promise to pay is open."
    DISPUTE = "dispute", "The person disputes the debt or a part of it."
    ORIGINAL_CREDITOR_REQUEST = "original_creditor_request", "The person asked who the original creditor is."
    CEASE = "cease", "The person asked, in writing, not to be contacted, or refuses to pay."
    REPRESENTED = "represented", "An attorney acts for the person."
    DEBT_ADVICE = "debt_advice", "A debt adviser has taken up the person's case."
    BREATHING_SPACE = "breathing_space", "A breathing space moratorium (England and Wales)."
    MENTAL_HEALTH_CRISIS = "mental_health_crisis", "A mental health crisis moratorium (England and Wales)."
    BANKRUPTCY = "bankruptcy", "A petition in bankruptcy, or an order."
    DISCHARGED = "discharged", "The debt was discharged in bankruptcy."
    DECEASED = "deceased", "The person has died."
    BEREAVEMENT = "bereavement", "A death in the family."
    CALAMITY = "calamity", "A calamity."
    MARRIAGE = "marriage", "A marriage in the family."
    HOUSE = "house", "The lender's own reason."


class ConsentTo(Word):
    """What a person allowed."""

    CALLS = "calls", "Calls beyond their usual number."
    HOURS = "hours", "Contact at other hours, from and to a time of day."
    TEXTS = "texts", "Text messages."
    EMAILS = "emails", "E-mails."
    AUTOMATED = "automated", "Calls and messages by a machine."
    WORKPLACE = "workplace", "Contact at work."
    WORK_EMAIL = "work_email", "E-mails to an address at work."
    THIRD_PARTY = "third_party", "Contact with somebody else about the debt."
    OPEN_TO_OTHERS = "open_to_others", "Ways that others may see, such as a post or a postcard."


class Charge(Word):
    """What is charged."""

    PRINCIPAL = "principal", "The sum lent."
    INTEREST = "interest", "Interest under the contract."
    OVERDUE_INTEREST = "overdue_interest", "Interest on what is overdue."
    COMPOUND_INTEREST = "compound_interest", "Interest on unpaid interest."
    FEE = "fee", "A fee of any name."
    DAMAGES = "damages", "Damages for default."


class Component(Word):
    """What a payment meets."""

    FEES = "fees", "Fees, and the costs of enforcing the claim."
    INTEREST = "interest", "Interest."
    PRINCIPAL = "principal", "The sum lent."


class Record(Word):
    """What kind of record it is."""

    RECORDING = "recording", "The recording of a call or a visit."
    COLLECTION_RECORD = "collection_record", "What was done to collect, as written down."
    CONTACT_LOG = "contact_log", "The list of contacts and attempts."
    CORRESPONDENCE = "correspondence", "Letters and messages, in both directions."
    INSTRUCTION = "instruction", "What the lender told whoever collects for it."
    AGREEMENT = "agreement", "An agreement with the person."
    VALIDATION_NOTICE = "validation_notice", "A validation notice that was sent."
    PLAN_RECORDING = "plan_recording", "The recording of a plan agreed by word of mouth."
    IMPACT_ASSESSMENT = "impact_assessment", "An assessment of the impact on personal information."


class LoanClass(Word):
    """How a loan is classified, best first."""

    NORMAL = "normal", "Nothing speaks against its being repaid."
    SPECIAL_MENTION = "special_mention", "Something may."
    SUBSTANDARD = "substandard", "It can't be repaid in full out of ordinary means."
    DOUBTFUL = "doubtful", "A large loss is certain."
    LOSS = "loss", "Nothing or next to nothing comes back."


class AddressFrom(Word):
    """From whom an e-mail address was got."""

    CONSUMER = "consumer", "The consumer."
    CREDITOR = "creditor", "The creditor."
    PRIOR_COLLECTOR = "prior_collector", "The collector immediately before."


class LetterKind(Word):
    """Letters that rules may name: ours, and some that only cases speak of."""

    PRE_DUE_REMINDER = "pre_due_reminder", "A reminder before the due date."
    FIRST_NOTICE = "first_notice", "The first notice of arrears."
    FORMAL_OVERDUE = "formal_overdue", "The formal letter of five parts."
    CREDIT_REPORTING_NOTICE = "credit_reporting_notice", "The notice that arrears will be reported to a credit bureau."
    NEGATIVE_INFORMATION_NOTICE = "negative_information_notice", "The notice of negative information (15 USC 1681s-2)."
    FINAL_NOTICE = "final_notice", "The last notice before other steps."
    DISPUTE_RECEIVED = "dispute_received", "That a dispute has come in."
    DISPUTE_ANSWERED = "dispute_answered", "What came of a dispute."
    HARDSHIP_RECEIVED = "hardship_received", "That the person has said that paying is hard."
    ARREARS_NOTICE = "arrears_notice", "The notice of sums in arrears (CCA 1974 ss. 86B, 86C)."
    DEFAULT_NOTICE = "default_notice", "The default notice (CCA 1974 s. 87)."
    DEFAULT_SUM_NOTICE = "default_sum_notice", "The notice of a default sum (CCA 1974 s. 86E)."
    ANNUAL_STATEMENT = "annual_statement", "The yearly statement of an account."
    VALIDATION_NOTICE = "validation_notice", "The validation notice (12 CFR 1006.34)."
    OUTSOURCING_NOTICE = "outsourcing_notice", "The notice that an agency will collect."
    OFFER = "offer", "Ways out of the arrears, side by side."
    PLAN_AGREEMENT = "plan_agreement", "A plan as it was agreed."
    PROMISE_CONFIRMED = "promise_confirmed", "What was promised, confirmed."
    PLAN_BROKEN = "plan_broken", "That a plan no longer counts."
    PAID_UP = "paid_up", "That nothing is overdue any more, or that the loan is settled."
    SINGLE = "single", "A letter put together for one loan."


VOCABULARIES: Mapping[str, type[Word]] = {
    "product": Product,
    "licence": Licence,
    "hold": HoldKind,
    "consent": ConsentTo,
    "charge": Charge,
    "component": Component,
    "record": Record,
    "class": LoanClass,
    "address_from": AddressFrom,
    "letter": LetterKind,
}
"""Every vocabulary by its name in answers.yaml and in the documentation."""

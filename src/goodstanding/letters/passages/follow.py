"""What may follow, said: each consequence that is true of this loan today, and no other."""

from collections.abc import Iterator

from goodstanding.core.letter import Block, List
from goodstanding.core.party import Role
from goodstanding.letters.passages.consequences import true_today
from goodstanding.letters.passages.voice import Voice


def what_may_follow(voice: Voice) -> Iterator[Block]:
    found = true_today(voice.facts)
    if not found:
        yield voice.paragraph("follow.none")
        return
    yield voice.paragraph("follow.intro")
    interest = voice.facts.next_day_adds - voice.facts.next_day_fee
    fields = {"next_day_adds": voice.formats.amount(interest)}
    keys = tuple(one.key for one in found)
    yield List("follow", tuple(voice.wording.say(key, **fields) for key in keys), keys)
    if voice.facts.role is Role.GUARANTOR:
        yield from your_rights(voice)


def your_rights(voice: Voice) -> Iterator[Block]:
    """What a guarantor may ask for and object to."""
    jurisdiction = voice.facts.lender.jurisdiction
    by_law = {
        "cn": ("period_cn", "defences_cn", "recourse_cn"),
        "uk": ("copies_uk", "recourse"),
        "in": ("recourse_in",),
    }
    keys = tuple(f"guarantee.{key}" for key in by_law.get(jurisdiction, ("recourse",)))
    yield voice.paragraph("guarantee.rights")
    yield List("guarantee.rights", tuple(voice.wording.say(key) for key in keys), keys)

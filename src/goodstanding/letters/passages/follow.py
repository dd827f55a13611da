"""What may follow, said: each consequence that is true of this loan today, and no other."""

from collections.abc import Iterator

from goodstanding.core.letter import Block, List
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

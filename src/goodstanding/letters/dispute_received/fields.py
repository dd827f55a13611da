"""What the letter's wording must hold: the passages it has, and its own sentences with the fields they may name."""

from goodstanding.core.particulars import About, Channel
from goodstanding.letters.passages.fields import FRAME, passages

FIELDS: dict[str, str] = {
    **dict.fromkeys(("title", "opening"), ""),
    **dict.fromkeys([f"received.{key}" for key in "heading received_on channel about amount answer_by".split()], ""),
    **dict.fromkeys([f"channel.{key}" for key in Channel], ""),
    "meanwhile.heading": "",
    "meanwhile.check": "answer_by",
    "meanwhile.stops": "",
    "meanwhile.stops_amount": "amount",
    "meanwhile.marked_cn": "",
    "meanwhile.put_right": "",
    "meanwhile.the_rest": "",
    "send.heading": "",
    "send.intro": "",
    **dict.fromkeys([f"send.{key}" for key in About if key is not About.OTHER], ""),
    **passages(*FRAME, "about", "reach"),
}

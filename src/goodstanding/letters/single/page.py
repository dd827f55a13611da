"""The page on which staff put a single letter together: one HTML file, opened from disk, without a network.

It shows every paragraph with the loan's figures filled in, and why some can't be said. Staff choose, order, see the letter, and
save a small file for `goodstanding letters write --letter single --facts FILE`. There is no field to write into.
"""

import json
from html import escape

from goodstanding.core.letter import LetterContent
from goodstanding.letters.html import block_html, html_page
from goodstanding.letters.passages.voice import Voice
from goodstanding.letters.single.paragraphs import CHOICES

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"


def choosing_page(voice: Voice, frame: LetterContent) -> str:
    """Return the page. frame: the letter with no paragraph in it, to show the rest of it."""
    facts = voice.facts
    data = {
        "loan_id": facts.loan.id,
        "language": voice.wording.language,
        "role": str(facts.role),
        "paragraphs": [
            {
                "key": choice.key,
                "hash": choice.hash(voice),
                "title": voice.wording.say(f"titled.{choice.key}"),
                "why_not": why_not or "",
                "html": "" if why_not else "".join(block_html(block) for block in choice.blocks(voice)),
            }
            for choice in CHOICES.values()
            for why_not in (choice.refusal(voice),)
        ],
    }
    approved = (
        f"Words approved by {voice.wording.approved_by} on {voice.wording.approved_on}."
        if voice.wording.approved_by
        else "Nobody has approved these words yet."
    )
    # "<" never stands in the data as such, so that no name or address can end the script.
    inside = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    return (
        _PAGE.replace("{{policy}}", _POLICY)
        .replace("{{language}}", voice.wording.language)
        .replace("{{loan}}", escape(facts.loan.id))
        .replace("{{reader}}", escape(f"{facts.recipient.name} ({facts.role.replace('_', '-')})"))
        .replace("{{approved}}", escape(approved))
        .replace("{{frame}}", _body(html_page(frame)))
        .replace("{{data}}", inside)
    )


def _body(page: str) -> str:
    return page[page.index("<body") : page.index("</body>")].split(">", 1)[1]


_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="{{policy}}">
<title>A letter about loan {{loan}}</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; padding: 16px; max-width: 1200px }
main { display: grid; gap: 24px; grid-template-columns: minmax(0, 1fr) }
@media (min-width: 900px) { main { grid-template-columns: minmax(0, 2fr) minmax(0, 3fr) } }
#choices { list-style: none; padding: 0; margin: 0 }
#choices li { border: 1px solid #8a8a8a; border-radius: 4px; padding: 8px; margin: 8px 0; display: flex; gap: 8px; align-items: start }
#choices label { flex: 1 }
.why { font-size: 14px; display: block }
button { font: inherit; padding: 4px 10px }
#letter { border: 1px solid #8a8a8a; padding: 8px }
</style>
</head>
<body>
<h1>A letter about loan {{loan}}</h1>
<p>To {{reader}}. {{approved}} Choose paragraphs, put them in order, read the letter, and save the choice.</p>
<main>
<section aria-labelledby="choose"><h2 id="choose">Paragraphs</h2><ul id="choices"></ul>
<p><button type="button" id="save" disabled>Save the choice</button> <span id="told" role="status"></span></p></section>
<section aria-labelledby="read"><h2 id="read">The letter</h2><div id="letter" lang="{{language}}">{{frame}}</div></section>
</main>
<script type="application/json" id="data">{{data}}</script>
<script>
"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
let order = data.paragraphs.map(one => one.key);
const chosen = new Set();
const byKey = Object.fromEntries(data.paragraphs.map(one => [one.key, one]));
const list = document.getElementById("choices"), save = document.getElementById("save");
const told = document.getElementById("told"), first = document.querySelector("#letter h2");
const place = document.createElement("div");
first.after(place);
function choice() {
  return {
    loan_id: data.loan_id, language: data.language, role: data.role,
    paragraphs: order.filter(key => chosen.has(key)).map(key => ({ key, hash: byKey[key].hash })),
  };
}
function move(key, by) {
  const at = order.indexOf(key), to = at + by;
  if (to < 0 || to >= order.length) return;
  order.splice(at, 1);
  order.splice(to, 0, key);
  show(key, by);
}
function button(text, label, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.setAttribute("aria-label", label);
  made.addEventListener("click", act);
  return made;
}
function row(one) {
  const item = document.createElement("li"), label = document.createElement("label"), box = document.createElement("input");
  box.type = "checkbox";
  box.checked = chosen.has(one.key);
  box.disabled = one.why_not !== "";
  box.addEventListener("change", () => { box.checked ? chosen.add(one.key) : chosen.delete(one.key); show(); });
  label.append(box, " ", one.title);
  if (one.why_not) {
    const why = document.createElement("span");
    why.className = "why";
    why.textContent = one.why_not;
    label.append(why);
  }
  const up = button("\\u2191", one.title + ": earlier", () => move(one.key, -1));
  const down = button("\\u2193", one.title + ": later", () => move(one.key, 1));
  item.append(label, up, down);
  return item;
}
function show(moved, by) {
  list.replaceChildren(...order.map(key => row(byKey[key])));
  if (moved) list.children[order.indexOf(moved)].querySelectorAll("button")[by < 0 ? 0 : 1].focus();
  place.innerHTML = order.filter(key => chosen.has(key))
    .map(key => "<h3>" + escaped(byKey[key].title) + "</h3>" + byKey[key].html).join("");
  save.disabled = chosen.size === 0;
  told.textContent = "";
}
function escaped(text) {
  const made = document.createElement("span");
  made.textContent = text;
  return made.innerHTML;
}
save.addEventListener("click", () => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(choice(), null, 1) + "\\n"], { type: "application/json" }));
  link.download = "letter_" + encodeURIComponent(data.loan_id) + ".json";
  link.click();
  URL.revokeObjectURL(link.href);
  told.textContent = "Saved as " + link.download + ".";
});
show();
</script>
</body>
</html>
"""

"""The law's pages in the documentation, from its data: `python -m goodstanding.law.pages` writes docs/law/ and the tables of
answers, items and words.

A test fails when a page no longer says what the data says.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from goodstanding.core.conduct.rule import Layer, Rule
from goodstanding.core.conduct.vocabulary import VOCABULARIES
from goodstanding.law.answers import answers
from goodstanding.law.loader import Part, items, layers, load_law
from goodstanding.law.showing import CONFIDENCE, LEVELS, how_text, values_text, whom

DOCS = Path(__file__).resolve().parents[3] / "docs"
CASES_PAGE = "reference/law_cases.md"
TABLES = re.compile(r"(<!-- answers -->\n).*?(<!-- end of answers -->)", re.DOTALL)


def page_of(layer: Layer) -> str:
    """The page of one body of law: what its rules are, how sure, and who signed off."""
    rules, parts = load_law()
    own = [rule for rule in rules if rule.layer == layer.id]
    own_parts = [part for part in parts if part.id.startswith(f"{layer.id}/")]
    return "\n".join(_page_lines(layer, own, own_parts)) + "\n"


def _page_lines(layer: Layer, rules: list[Rule], parts: list[Part]) -> Iterator[str]:
    unsigned = sum(1 for rule in rules if not rule.source.reviewed_by)
    yield f"# {layer.title}"
    yield ""
    yield "Written from the rules' own files by `python -m goodstanding.law.pages`. This isn't legal advice."
    yield ""
    signed = "nobody yet" if unsigned == len(rules) else f"all but {unsigned}" if unsigned else "all"
    yield f"{len(rules)} rules, of which {sum(1 for rule in rules if rule.disabled)} are disabled. Signed off by a lawyer: {signed}."
    yield ""
    for rule in rules:
        yield from _rule_lines(rule, [part for part in parts if part.part_of == rule.id])


def _rule_lines(rule: Rule, parts: list[Part]) -> Iterator[str]:
    yield f"## {_plain(rule.title)}"
    yield ""
    if rule.summary:
        yield _plain(rule.summary.strip().replace("\n", " "))
        yield ""
    yield "| | |"
    yield "|---|---|"
    yield f"| Rule | `{rule.id}`{f' ({rule.alias})' if rule.alias else ''} |"
    yield f"| Effect | {rule.effect.value.replace('_', ' ')}{_advisory(rule)} |"
    for version in rule.versions:
        yield f"| From {version.since} | {_plain(values_text(version.values))} |"
    if bound := whom(rule):
        yield f"| Binds | {_plain(bound)} |"
    if how := how_text(rule):
        yield f"| How | {_plain(how)} |"
    if rule.exceptions:
        yield f"| Except | {_plain('; '.join(rule.exceptions))} |"
    cite = _plain(rule.source.cite)
    yield f"| Source | {f'[{cite}]({rule.source.url})' if rule.source.url else cite} |"
    yield (
        f"| How sure | {CONFIDENCE[rule.source.confidence]} ({LEVELS[rule.source.level]}); last checked {rule.source.checked_on} |"
    )
    yield f"| Signed off by | {rule.source.reviewed_by or 'nobody yet'} |"
    if rule.disabled:
        yield f"| Disabled | {_plain(rule.disabled)} |"
    for part in parts:
        yield f"| Part of it | {_plain(part.title)} (`{part.id}`{f', {part.alias}' if part.alias else ''}) |"
    yield ""


def _advisory(rule: Rule) -> str:
    return "; advisory for those whom it doesn't bind" if rule.applies_if.others == "advisory" else ""


def _plain(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def tables() -> str:
    """The answers, items and words that a case may name."""
    return "\n".join(_table_lines())


def _table_lines() -> Iterator[str]:
    yield "| answer | type | what it means |"
    yield "|---|---|---|"
    for name, one in sorted(answers().items()):
        yield f"| `{name}` | {one['type']} | {_plain(one['means'])} |"
    yield ""
    yield "### Words"
    yield ""
    yield "Where an answer or a key is of one of these kinds, it is one of these words; any other is refused."
    yield ""
    yield "| kind | word | what it means |"
    yield "|---|---|---|"
    for kind, words in VOCABULARIES.items():
        for word in words:
            yield f"| {kind} | `{word}` | {_plain(word.means)} |"
    yield ""
    yield "### Items"
    yield ""
    yield "Items that a letter or message may contain (`items`):"
    yield ""
    yield "| item | what it means |"
    yield "|---|---|"
    for name, item in sorted(items().items()):
        yield f"| `{name}` | {_plain(item.means)} |"
    yield ""


def pages() -> Iterator[tuple[Path, str]]:
    """Every page with what it should say."""
    for layer in layers().values():
        yield DOCS / "law" / f"{layer.id.replace('-', '_')}.md", page_of(layer)
    path = DOCS / CASES_PAGE
    text = path.read_text(encoding="utf-8")
    yield path, TABLES.sub(lambda found: f"{found[1]}{tables()}{found[2]}", text)


def main() -> int:
    for path, text in pages():
        path.parent.mkdir(exist_ok=True)
        changed = not path.exists() or path.read_text(encoding="utf-8") != text
        path.write_text(text, encoding="utf-8")
        print(f"{path.relative_to(DOCS)}: {'rewritten' if changed else 'unchanged'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

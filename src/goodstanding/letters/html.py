"""A letter as an e-mail: HTML in one piece, with the plain text beside it for those whose program shows no HTML.

Nothing is fetched: no picture, no font, no style sheet, no script, no link to follow. Styles stand on the elements, since
mail programs throw others away. Colours are left to the program, so that a dark screen stays dark; lines are of a grey that
is seen on both. Tables have captions and headed rows; those with more columns than a telephone has room for become rows of
two, each figure with the name of its column, and no figure is left out.
"""

from collections.abc import Iterator, Sequence
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from html import escape

from goodstanding.core.letter import (
    Align,
    Block,
    Choices,
    LetterContent,
    List,
    Pairs,
    Paragraph,
    Row,
    RowKind,
    Subheading,
    Table,
)
from goodstanding.letters.plain import plain_text

MOST_COLUMNS = 3
"""So many columns of figures fit on a screen of 320 pixels."""
LINE = "1px solid #8a8a8a"
FACES = {
    "zh-Hans": "-apple-system,'PingFang SC','Microsoft YaHei','Noto Sans CJK SC','Noto Sans SC',sans-serif",
    "zh-Hant": "-apple-system,'PingFang HK','Microsoft JhengHei','Noto Sans CJK HK','Noto Sans TC',sans-serif",
    "en": "-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif",
}
BODY = "margin:0;padding:16px;font-size:16px;line-height:1.55;-webkit-text-size-adjust:100%"
COLUMN = "max-width:640px;margin:0 auto;overflow-wrap:break-word"
TABLE = "width:100%;border-collapse:collapse;margin:12px 0;font-variant-numeric:tabular-nums"
TEXT_CELL = "text-align:left;vertical-align:top;padding:4px 12px 4px 0;font-weight:normal"
FIGURE_CELL = "text-align:right;vertical-align:top;padding:4px 0 4px 12px;white-space:nowrap"
SMALL = "font-size:14px"


def html_page(content: LetterContent) -> str:
    """Return the letter as an HTML document that needs nothing but itself."""
    return "".join(
        [
            f'<!doctype html>\n<html lang="{content.language}">\n<head>\n<meta charset="utf-8">\n',
            '<meta name="viewport" content="width=device-width,initial-scale=1">\n',
            '<meta name="color-scheme" content="light dark">\n<meta name="supported-color-schemes" content="light dark">\n',
            f"<title>{escape(content.running_head)}</title>\n</head>\n",
            f'<body style="{BODY};font-family:{FACES[content.language]}">\n<div style="{COLUMN}">\n',
            *(f"{line}\n" for line in _letter(content)),
            "</div>\n</body>\n</html>\n",
        ]
    )


def email_of(content: LetterContent, *, sender: str, to: str) -> EmailMessage:
    """The letter as a message: plain text, and the same in HTML. Its subject names the lender and the reference alone.

    sender, to: addresses. The sender's name is the lender's. Message-ID and Date are for whoever sends it.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(content.sender.name, addr_spec=sender)
    message["To"] = Address(addr_spec=to)
    message["Subject"] = content.running_head
    message["Content-Language"] = content.language
    message.set_content(plain_text(content), cte="base64")
    message.add_alternative(html_page(content), subtype="html", cte="base64")
    message.set_boundary(f"=_{content.wording_hash[:24]}")
    return message


def _letter(content: LetterContent) -> Iterator[str]:
    sender = content.sender
    yield f'<p style="border-bottom:2px solid #8a8a8a;padding-bottom:8px"><strong>{escape(sender.name)}</strong><br>'
    yield f'<span style="{SMALL}">{_lines((*sender.address, f"{sender.phone} · {sender.email}"))}</span></p>'
    yield f"<p>{_lines(content.recipient.lines)}</p>"
    yield _pairs(content.details, SMALL)
    yield f'<h1 style="font-size:22px;line-height:1.3;margin:24px 0 12px">{escape(content.title)}</h1>'
    if content.key_figures:
        yield _key_figures(content)
    yield f"<p>{escape(content.salutation)}</p>"
    yield f"<p>{escape(content.opening)}</p>"
    for number, part in enumerate(content.parts, 1):
        rule = ";border-top:2px dashed #8a8a8a;padding-top:16px" if part.detachable else ""
        yield f'<h2 style="font-size:18px;line-height:1.35;margin:28px 0 8px{rule}">{number}&ensp;{escape(part.heading)}</h2>'
        for block in part.blocks:
            yield block_html(block)
    yield f'<p style="margin-top:28px">{_lines(content.closing)}</p>'
    yield f'<p style="{SMALL}">{_lines(content.notes)}</p>'


def _key_figures(content: LetterContent) -> str:
    rows = "".join(
        f'<p style="margin:8px 12px">{escape(one.label)}<br><strong style="font-size:22px">{escape(one.value)}</strong><br>'
        f'<span style="{SMALL}">{escape(one.note)}</span></p>'
        for one in content.key_figures
    )
    return f'<div style="border:2px solid #8a8a8a;margin:12px 0">{rows}</div>'


def block_html(block: Block) -> str:
    """One block of a letter, as it stands in the page."""
    match block:
        case Paragraph():
            text = escape(block.text)
            return f"<p><strong>{text}</strong></p>" if block.prominent else f"<p>{text}</p>"
        case Subheading():
            return f'<h3 style="font-size:16px;margin:20px 0 4px">{escape(block.text)}</h3>'
        case Pairs():
            return _pairs(block.items)
        case List():
            items = "".join(f'<li style="margin:6px 0">{escape(item)}</li>' for item in block.items)
            return f'<ul style="padding-left:20px;margin:8px 0">{items}</ul>'
        case Choices():
            items = "".join(f'<li style="margin:6px 0">☐ {escape(item)}</li>' for item in block.items)
            return f'<ul style="list-style:none;padding-left:0;margin:8px 0">{items}</ul>'
        case Table():
            return _table(block)


def _pairs(items: Sequence[tuple[str, str]], size: str = "") -> str:
    rows = "".join(
        f'<tr><th scope="row" style="{TEXT_CELL};width:38%">{escape(label)}</th>'
        f'<td style="{TEXT_CELL};padding-right:0">{escape(value)}</td></tr>'
        for label, value in items
    )
    return f'<table style="{TABLE};{size}">{rows}</table>'


def _table(table: Table) -> str:
    narrow = len(table.header) <= MOST_COLUMNS
    caption = f'<caption style="text-align:left;{SMALL};padding-bottom:4px">{escape(table.caption)}</caption>'
    last = len(table.header) - 1
    shown = table.header if narrow else (table.header[_headed(table)], table.header[last])
    head = "".join(
        f'<th scope="col" style="{_cell(place)};border-bottom:{LINE};font-weight:bold">{escape(cell)}</th>'
        for place, cell in enumerate(shown)
    )
    rows = "".join(_row(table, row, narrow) for row in table.rows)
    total = _closing(table, table.total, len(shown), f";border-top:{LINE};font-weight:bold") if table.total else ""
    return f'<table style="{TABLE}">{caption}<thead><tr>{head}</tr></thead><tbody>{rows}{total}</tbody></table>'


def _row(table: Table, row: Row, narrow: bool) -> str:
    width = len(row.cells) if narrow else 2
    if row.kind is RowKind.GROUP:
        style = f"{TEXT_CELL};padding-top:14px;font-weight:bold"
        return f'<tr><th scope="colgroup" colspan="{width}" style="{style}">{escape(row.cells[0])}</th></tr>'
    if row.kind is RowKind.SUBTOTAL:
        return _closing(table, row.cells, width, f";border-top:{LINE}")
    if narrow:
        first = f'<th scope="row" style="{TEXT_CELL}">{escape(row.cells[0])}</th>'
        rest = (f'<td style="{FIGURE_CELL}">{escape(cell)}</td>' for cell in row.cells[1:])
        return f"<tr>{first}{''.join(rest)}</tr>"
    headed = _headed(table)
    return (
        f'<tr><th scope="row" style="{TEXT_CELL}">{escape(row.cells[headed])}{_details(table, row.cells, headed)}</th>'
        f'<td style="{FIGURE_CELL}">{escape(row.cells[-1])}</td></tr>'
    )


def _closing(table: Table, cells: Sequence[str], width: int, style: str) -> str:
    """A sum under its rows: what it is of, and the last figure; the figures between, where there is room for them."""
    if width == len(cells):
        rest = "".join(f'<td style="{FIGURE_CELL}{style}">{escape(cell)}</td>' for cell in cells[1:])
        return f'<tr><th scope="row" style="{TEXT_CELL}{style}">{escape(cells[0])}</th>{rest}</tr>'
    return (
        f'<tr><th scope="row" style="{TEXT_CELL}{style}">{escape(cells[0])}{_details(table, cells, 0)}</th>'
        f'<td style="{FIGURE_CELL}{style}">{escape(cells[-1])}</td></tr>'
    )


def _details(table: Table, cells: Sequence[str], headed: int) -> str:
    """What the row holds beside its heading and the last figure, each with the name of its column, where it holds any."""
    named = list(zip(table.header, cells, strict=True))[:-1]
    details = " · ".join(
        f"{escape(name)}&nbsp;{escape(cell)}" for place, (name, cell) in enumerate(named) if cell and place != headed
    )
    return f'<br><span style="{SMALL};font-weight:normal">{details}</span>' if details else ""


def _headed(table: Table) -> int:
    """The column that says what a row is: the last of text."""
    return max((place for place, one in enumerate(table.alignment) if one is Align.START), default=0)


def _cell(place: int) -> str:
    return FIGURE_CELL if place else TEXT_CELL


def _lines(lines: Sequence[str]) -> str:
    return "<br>".join(escape(line) for line in lines)

"""What a letter's file carries beside its page: its record and the text of its code."""

import pypdfium2 as pdfium

RECORD = "letter.json"
CODE = "GoodstandingCode"
"""The name under which the file has the text of its QR code, so that it needn't be read from the picture."""


class NotALetter(ValueError):
    """A file that isn't one of our letters, with what is wrong with it."""


def attached(pdf: bytes) -> tuple[bytes, str]:
    """The bytes of the record, and the text of the code: empty without one. Nothing of it is checked here."""
    try:
        document = pdfium.PdfDocument(pdf)
    except pdfium.PdfiumError as wrong:
        raise NotALetter(f"it can't be read as a PDF ({wrong})") from None
    try:
        return attached_to(document)
    finally:
        document.close()


def attached_to(document: pdfium.PdfDocument) -> tuple[bytes, str]:
    """The same of a file that is open."""
    try:
        names = [document.get_attachment(place).get_name() for place in range(document.count_attachments())]
        if names != [RECORD]:
            listed = ", ".join(names) or "nothing"
            raise NotALetter(f"it should have {RECORD} attached and nothing else; it has {listed}")
        return bytes(document.get_attachment(0).get_data()), document.get_metadata_value(CODE)
    except pdfium.PdfiumError as wrong:
        raise NotALetter(f"what is attached to it can't be read ({wrong})") from None

"""The postcode in an address: a print run is sorted by it. Addresses are lines as the lender has them.

Only forms that can't be mistaken for a house's number are looked for; a country that isn't here, or has none (Hong Kong),
gives no postcode, and its letters come last.
"""

import re

_SIX_DIGITS = r"(?<![\d-])\d{6}(?![\d-])"
_FORMS = {
    "CN": _SIX_DIGITS,  # GB/T 32633
    "GB": r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b",  # BS 7666
    "IN": r"(?<![\d-])\d{3} ?\d{3}(?![\d-])",
    "SG": _SIX_DIGITS,
    "TW": r"^\d{3}(?:\d{2,3})?(?!\d)",  # it begins the address
    "US": r"(?<![\d-])\d{5}(?:-\d{4})?$",  # USPS Publication 28: it ends the last line
}
_PATTERNS = {country: re.compile(form) for country, form in _FORMS.items()}


def postcode_of(lines: tuple[str, ...], country: str) -> str:
    """The postcode, or nothing; the last lines are looked at first.

    >>> postcode_of(("Flat 2, 000 Cowley Road", "Oxford", "OX4 0AA"), "GB")
    'OX4 0AA'
    >>> postcode_of(("深圳市南山区科苑南路 000 号", "518000"), "CN"), postcode_of(("九龍彌敦道 000 號",), "HK")
    ('518000', '')
    """
    pattern = _PATTERNS.get(country)
    if pattern is None:
        return ""
    found = (pattern.findall(line.strip()) for line in reversed(lines))
    return next((codes[-1] for codes in found if codes), "")

"""Where a person may be, from an address, a telephone number or their own word: zones and places, several when in doubt.

A number says only where it was given out; so it is one piece of evidence among others, and all of its zones count.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from goodstanding.core.conduct.facts import Evidence

# China has one legal time, also where clocks are set otherwise in daily life.
_LEGAL = {
    "Asia/Urumqi": "Asia/Shanghai",
    "Asia/Kashgar": "Asia/Shanghai",
    "Asia/Harbin": "Asia/Shanghai",
    "PRC": "Asia/Shanghai",
}

# Zones of the states and territories of the United States (15 USC 260-267; 49 CFR 71); those in two zones have both.
_EAST, _CENTRAL, _MOUNTAIN, _PACIFIC = "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"
_US: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys("CT DC DE GA MA MD ME NC NH NJ NY OH PA RI SC VA VT WV".split(), (_EAST,)),
    **dict.fromkeys("AL AR IA IL LA MN MO MS OK WI".split(), (_CENTRAL,)),
    **dict.fromkeys("CO MT NM UT WY".split(), (_MOUNTAIN,)),
    **dict.fromkeys("CA WA".split(), (_PACIFIC,)),
    **dict.fromkeys("FL IN KY MI TN".split(), (_EAST, _CENTRAL)),
    **dict.fromkeys("KS ND NE SD TX".split(), (_CENTRAL, _MOUNTAIN)),
    **dict.fromkeys("ID OR".split(), (_MOUNTAIN, _PACIFIC)),
    "NV": (_PACIFIC, _MOUNTAIN),
    "AZ": ("America/Phoenix", _MOUNTAIN),
    "AK": ("America/Anchorage", "America/Adak"),
    "HI": ("Pacific/Honolulu",),
}


_TERRITORIES = frozenset({"PR", "GU", "VI", "AS", "MP", "UM"})


def legal_zone(name: str) -> str:
    """
    >>> legal_zone("Asia/Urumqi"), legal_zone("Asia/Tokyo")
    ('Asia/Shanghai', 'Asia/Tokyo')
    """
    return _LEGAL.get(name, name)


def evidence(source: str, text: str) -> Evidence:
    """One piece of evidence: a place code (CN, US-CO, US-NY-NYC), a zone (America/Denver), or a telephone number (+1 808 …).

    ValueError when it is none of these.

    >>> evidence("address", "US-CO").zones, evidence("phones", "+18085550123").zones
    ((zoneinfo.ZoneInfo(key='America/Denver'),), (zoneinfo.ZoneInfo(key='Pacific/Honolulu'),))
    """
    source = {"phones": "phone"}.get(source, source)
    text = text.strip()
    if text.startswith("+"):
        return _of_number(text)
    if "/" in text:
        return Evidence(source, (_zone(text),))
    zones = zones_of_place(text)
    if not zones:
        raise ValueError(
            f'"{text}" isn\'t a place we know (CN, US-CO), a zone (America/Denver) or a number with + in front'
        )
    return Evidence(source, zones, (text,))


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(legal_zone(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f'"{name}" isn\'t a time zone (we read names such as America/Denver)') from None


def evidence_of_number(text: str, country: str = "") -> Evidence:
    """What a telephone number says of where its owner is. country: whose numbers are meant where it has no + in front."""
    return _of_number(text.strip(), country or None)


def _of_number(text: str, country: str | None = None) -> Evidence:
    import phonenumbers
    from phonenumbers import timezone

    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException as bad:
        raise ValueError(f'"{text}" isn\'t a telephone number: {bad}') from None
    names = [one for one in timezone.time_zones_for_number(number) if one != timezone.UNKNOWN_TIMEZONE]
    region = phonenumbers.region_code_for_number(number)
    if region in _WITH_LAW_OF_THEIR_OWN or not names:
        zones: Iterable[ZoneInfo] = zones_of_place(region or "")
    else:
        zones = dict.fromkeys(_zone(name) for name in names)
    # A number moves with its owner within a country, so it tells the country and the zones; a state only where that has law of its own.
    return Evidence(
        "phone",
        tuple(zones),
        (region, *(_with_its_own_law(number.national_number) if region == "US" else ())) if region else (),
    )


# Area codes of the places whose own law is written here (North American Numbering Plan): whose number was given out there may be there.
_AREA_CODES: Mapping[str, str] = {
    **dict.fromkeys("339 351 413 508 617 774 781 857 978".split(), "US-MA"),
    **dict.fromkeys("212 332 347 646 718 917 929".split(), "US-NY-NYC"),
}


def _with_its_own_law(national_number: object) -> tuple[str, ...]:
    place = _AREA_CODES.get(str(national_number)[:3])
    return (place,) if place else ()


_WITH_LAW_OF_THEIR_OWN = {"CN"}


@cache
def zones_of_place(code: str) -> tuple[ZoneInfo, ...]:
    """The zones of a country (ISO 3166 alpha-2) or an American state; a city's are its state's.

    >>> [zone.key for zone in zones_of_place("US-TX")], [zone.key for zone in zones_of_place("CN")]
    (['America/Chicago', 'America/Denver'], ['Asia/Shanghai'])
    """
    country, _, rest = code.partition("-")
    if country == "US" and rest in _TERRITORIES:  # ISO 3166 gives these a code of their own as well
        country, rest = rest, ""
    if country == "US" and rest:
        return tuple(ZoneInfo(name) for name in _US.get(rest.partition("-")[0], ()))
    return tuple(dict.fromkeys(ZoneInfo(legal_zone(name)) for name in _by_country().get(country, ())))


@cache
def _by_country() -> Mapping[str, tuple[str, ...]]:
    """Zones by country, from the table that comes with the zone database."""
    found: dict[str, list[str]] = {}
    for line in resources.files("tzdata").joinpath("zoneinfo/zone.tab").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            country, _, name = line.split("\t")[:3]
            found.setdefault(country, []).append(name)
    return {country: tuple(names) for country, names in found.items()}


def first_zone(places: Iterable[str]) -> ZoneInfo:
    """The zone a case is in when it doesn't say: of the capital of the first place of its law."""
    code = first_place(places)
    return ZoneInfo(
        {"US": _EAST, "GB": "Europe/London", "EU": "Europe/Brussels"}.get(code) or zones_of_place(code)[0].key
    )


def first_place(places: Iterable[str]) -> str:
    known = sorted(places)
    return next((one for one in ("US", "GB", "CN", "DE") if one in known), known[0] if known else "CN")

"""The commands of the law: what they print, and how they stop."""

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from goodstanding.core.conduct.rule import Version
from goodstanding.law.commands import law
from goodstanding.law.loader import load_law
from goodstanding.law.showing import concerns

CASES = Path(__file__).parent / "cases"


def told(*arguments: str) -> Result:
    return CliRunner().invoke(law, list(arguments))


def test_show_prints_a_rule_as_it_stands_on_a_day() -> None:
    shown = told("show", "us/reg_f/call_frequency", "--on", "2026-03-01")

    assert shown.exit_code == 0
    assert "us/reg_f/call_frequency [US-REGF-FREQ-7IN7]: Telephone calls, seven in seven days" in shown.output
    assert "presumption, on 2026-03-01: most: 7; in days: 7" in shown.output
    assert "More than seven calls to one person about one debt" in shown.output
    assert "per: person, debt; " in shown.output
    assert "  except: 12 CFR 1006.14(b)(3): prior consent" in shown.output
    assert "signed off by nobody yet" in shown.output


def test_show_says_that_a_rule_was_not_in_force() -> None:
    assert "on 2020-01-01: not in force" in told("show", "US-REGF-FREQ-7IN7", "--on", "2020-01-01").output


def test_show_as_json_holds_the_same() -> None:
    (rule,) = json.loads(told("show", "us/reg_f/call_frequency", "--on", "2026-03-01", "--json").output)

    assert rule["values"] == {"most": 7, "in_days": 7}
    assert rule["source"]["confidence"] == "H"


def test_show_says_what_is_not_there() -> None:
    stopped = told("show", "us/nothing")

    assert stopped.exit_code == 1
    assert 'Stopped: there is no rule, folder or body of law called "us/nothing"' in stopped.stderr


def test_check_finds_nothing_today_and_stale_sources_in_a_few_years() -> None:
    assert told("check", "--today", "2026-11-26").exit_code == 0

    later = told("check", "--today", "2029-01-01")
    assert later.exit_code == 3
    assert "more than a year before 2029-01-01" in later.output


def test_a_gap_in_time_is_a_concern() -> None:
    from dataclasses import replace

    rule = next(one for one in load_law()[0] if one.id == "us/reg_f/call_frequency")
    (first,) = rule.versions
    gapped = replace(rule, versions=(first, Version(date(2027, 1, 1), None), Version(date(2027, 6, 1), first.values)))

    assert [one.what for one in concerns([gapped], date(2026, 11, 26))] == [
        "there is a gap: it isn't in force from 2027-01-01 to 2027-06-01."
    ]


def test_an_overlap_is_a_concern() -> None:
    from dataclasses import replace

    rule = next(one for one in load_law()[0] if one.id == "us/reg_f/call_frequency")

    found = concerns([rule, replace(rule, id="us/reg_f/twin")], date(2026, 11, 26))

    assert [(one.rule, one.what) for one in found] == [
        ("us/reg_f/twin", "it overlaps us/reg_f/call_frequency: the same check of the same contacts.")
    ]


def test_diff_says_what_began() -> None:
    differs = told("diff", "2025-01-01", "2025-06-01", "cn/hours")

    assert differs.output == "cn/hours: begins. from: 08:00; to: 22:00\n"
    assert told("diff", "2026-01-01", "2026-01-01").output == "Nothing differs between 2026-01-01 and 2026-01-01.\n"


def test_judge_prints_the_verdict_and_json_the_same(tmp_path: Path) -> None:
    case = tmp_path / "case.yaml"
    case.write_text("law: cn/hours\nat: 2026-03-10T22:15\nproposal: {channel: text}\n", encoding="utf-8")

    printed = told("judge", str(case))
    data = json.loads(told("judge", str(case), "--json").output)

    assert printed.exit_code == 0
    assert "Refused at 2026-03-10T22:15:00+08:00." in printed.output
    assert "It would be allowed from 2026-03-11T08:00:01+08:00" in printed.output
    assert (data["decision"], data["against"], data["allowed_from"]) == (
        "refused",
        ["cn/hours"],
        "2026-03-11T08:00:01+08:00",
    )


def test_judge_tells_a_verdict_that_the_case_does_not_expect(tmp_path: Path) -> None:
    case = tmp_path / "case.yaml"
    case.write_text(
        "law: cn/hours\nat: 2026-03-10T22:15\nproposal: {channel: text}\nexpect: allowed\n", encoding="utf-8"
    )

    printed = told("judge", str(case))

    assert printed.exit_code == 3
    assert "Not as expected: The decision is refused; the case expects allowed." in printed.output


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("law: cn\n", 'case 1: "at" is missing'),
        ("law: cn\nat: yesterday\n", 'case 1.at: "yesterday" isn\'t an instant'),
        ("law: atlantis\nat: 2026-03-10\n", 'there is no body of law or rule called "atlantis"'),
        ("law: cn\nat: 2026-03-10\ngiven: {contract_onn: 2026-01-01}\n", 'the nearest is "contract_on"'),
        ("law: cn\nat: 2026-03-10\nperson: {zone: Mars/Olympus}\n", '"Mars/Olympus" isn\'t a time zone'),
        ("law: cn\nlaw: us\nat: 2026-03-10\n", '"law" stands here twice'),
        ("law: [cn\n", "line 2"),
        ("- 5\n", "isn't a table"),
        ("law: cn\nat: 2026-03-10\nproposal: {channel: pigeon}\n", '"pigeon" isn\'t one of call, '),
        (
            "law: cn/hours\nat: 2026-03-10\nstricter: {cn/hours: {to: '23:00'}}\n",
            "to = 23:00 is looser than the rule's own 22:00",
        ),
    ],
)
def test_a_case_that_can_not_be_read_gets_a_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    case = tmp_path / "case.yaml"
    case.write_text(text, encoding="utf-8")

    stopped = told("judge", str(case))

    assert stopped.exit_code == 1
    assert stopped.stderr.startswith("Stopped: case.yaml: ")
    assert sentence in stopped.stderr


def test_keep_lists_what_must_be_kept_and_for_how_long() -> None:
    listed = told("keep", "--law", "cn", "--on", "2026-11-23")

    assert listed.exit_code == 0
    assert "cn/retention/consumer_finance" in listed.output
    assert "  kept: 5 years after recorded_on\n" in listed.output
    assert "  kept: until plan_settled\n" in listed.output


def test_keep_says_until_when_and_by_which_rule() -> None:
    asked = ("keep", "recording", "--law", "us", "--actor", "agency", "--given", "recorded_on=2023-04-10", "--on")

    kept, free = told(*asked, "2026-04-09"), told(*asked, "2026-04-10")

    assert (kept.exit_code, free.exit_code) == (3, 0)
    assert kept.output.startswith("This recording is kept until the end of 2026-04-09.")
    assert "us/reg_f/records/recordings [US-REGF-RECORDS-3Y]" in kept.output
    assert "12 CFR 1006.100(b)" in kept.output
    assert free.output.startswith("This recording may be deleted.")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("tape",), 'record: "tape" isn\'t one of recording'),
        (("recording", "--given", "recordd_on=2026-01-01"), 'the nearest is "recorded_on"'),
        (("recording", "--given", "recorded_on"), "isn't of the form name=value"),
        (("recording", "--given", "recorded_on=soon"), "recorded_on: "),
    ],
)
def test_keep_says_what_it_can_not_read(arguments: tuple[str, ...], sentence: str) -> None:
    stopped = told("keep", *arguments, "--law", "us")

    assert stopped.exit_code == 1
    assert sentence in stopped.stderr


def test_judge_says_when_it_would_be_for_a_person_to_look_at(tmp_path: Path) -> None:
    case = tmp_path / "case.yaml"
    case.write_text(
        "law: [us/reg_f/hours, us/reg_f/call_frequency]\nat: 2026-03-10T07:00-04:00\npolicy: {lenient: review}\n"
        "given: {calls_placed: [2026-03-04, 2026-03-05, 2026-03-06, 2026-03-07, 2026-03-08, 2026-03-09, 2026-03-09]}\n",
        encoding="utf-8",
    )

    data = json.loads(told("judge", str(case), "--json").output)

    assert (data["decision"], data["allowed_from"], data["then"]) == ("refused", "2026-03-10T08:00:01-04:00", "review")
    assert "It would be for a person to look at from 2026-03-10T08:00:01-04:00" in told("judge", str(case)).output

"""What a job says while it works."""

from goodstanding.day.progress import Lines, stage_by_stage


def test_a_log_has_a_line_when_a_stage_begins_and_shares_now_and_then() -> None:
    said: list[str] = []
    with Lines(said.append, seconds_between=0).stage("Assessing loans", 4) as advance:
        advance(1)
        advance(3)
    assert said == ["Assessing loans …", "Assessing loans: 25 %", "Assessing loans: 100 %"]


def test_a_stage_begins_whenever_the_name_is_another() -> None:
    said: list[str] = []
    with stage_by_stage(Lines(said.append, seconds_between=0)) as tell:
        tell("reading loans", 50, 200)
        tell("reading loans", 200, 200)
        tell("writing", 1, 2)
    assert said == [
        "Reading loans …",
        "Reading loans: 25 %",
        "Reading loans: 100 %",
        "Writing …",
        "Writing: 50 %",
    ]

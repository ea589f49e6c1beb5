"""Every complaint about wrong numbers that concerns prices, time or totals has a named test: its line → tests."""

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
GOLDEN = "store/test_costs_golden.py::test_costs_are_those_computed_by_hand"
LINES: dict[int, tuple[str, ...]] = {
    7: ("viewers/test_totals.py::test_U7_each_answer_has_the_price_of_its_own_model",),
    21: (GOLDEN,),
    22: (GOLDEN,),
    23: (GOLDEN, "store/test_costs_golden.py::test_an_unknown_price_of_a_tier_is_no_price"),
    24: ("viewers/test_totals.py::test_the_mode_says_whose_money",
         "store/test_costs.py::test_what_an_agent_reports_stays_a_fact_of_its_own"),
    25: (GOLDEN,),
    26: ("viewers/test_reports.py::test_U26_what_has_no_price_is_never_a_zero",
         "store/test_price_names.py::test_a_name_never_means_another_model"),
    27: ("store/test_costs.py::test_a_known_price_needs_no_network",
         "viewers/test_bad_input.py::test_U27_no_report_opens_a_connection"),
    28: ("viewers/test_totals.py::test_U28_a_reported_cost_out_of_all_proportion_is_in_no_sum",
         "viewers/test_totals.py::test_U28_a_report_says_what_it_does_not_believe"),
    29: (GOLDEN, "store/test_price_names.py::test_a_name_is_resolved"),
    30: ("viewers/test_totals.py::test_U30_a_change_of_money_reaches_every_report",
         "store/test_costs.py::test_a_change_of_the_configuration_prices_anew_what_it_touches"),
    31: ("viewers/test_reports.py::test_U31_who_has_a_plan_sees_api_value_and_no_cost",
         "viewers/test_why.py::test_U31_who_has_a_plan_sees_api_value_in_a_proof"),
    32: ("viewers/test_totals.py::test_U32_every_answer_is_on_the_local_day_of_its_own_time",
         "viewers/test_totals.py::test_U32_a_range_is_of_local_days_at_both_ends"),
    33: ("viewers/test_totals.py::test_U33_the_zone_really_changes_the_days",),
    34: ("viewers/test_totals.py::test_U34_the_start_of_a_week_is_a_setting",
         "viewers/test_totals.py::test_U34_weeks_are_those_of_the_calendar"),
    35: ("viewers/test_totals.py::test_U35_another_zone_regroups_old_days_whose_files_are_gone",),
    36: ("viewers/test_daily.py::test_U36_totals_do_not_shrink_when_files_go",),
    37: ("viewers/test_totals.py::test_U37_an_upgrade_keeps_what_no_file_tells_any_more",),
    38: ("viewers/test_totals.py::test_U38_two_accounts_in_the_same_quarter_of_an_hour_add_up",),
    41: ("viewers/test_totals.py::test_U41_a_long_session_is_split_by_the_branch_of_each_answer",),
    42: ("viewers/test_status_line.py::test_U42_what_a_program_says_it_cost_so_far_is_in_no_total",),
    43: ("viewers/test_reports.py::test_U43_old_answers_of_a_resumed_session_are_in_no_open_block",),
    44: ("viewers/test_limits.py::test_U44_without_a_reading_there_is_no_limit_however_much_was_used",),
    45: ("viewers/test_limits.py::test_the_newest_reading_says_who_read_it_when_and_where_it_leads",
         "viewers/test_limits.py::test_an_old_reading_is_at_least_that",
         "collector/doors/test_plan.py::test_whatever_goes_wrong_is_a_state_and_asked_more_seldom"),
    46: ("viewers/test_blocks.py::test_U46_the_projection_goes_on_at_the_rate_and_stops_at_the_end",),
    47: ("viewers/test_blocks.py::test_U47_one_answer_alone_has_no_rate",),
    48: ("viewers/test_bad_input.py::test_U27_no_report_opens_a_connection",),
    49: ("viewers/test_running.py::test_U49_who_looks_on_during_an_import_is_told_that_numbers_grow",
         "collector/daemon/test_daemon.py::test_who_looks_on_is_told_of_the_import_and_of_troubles"),
    50: ("viewers/test_reports.py::test_U50_every_surface_says_the_same_sum",
         "viewers/test_why.py::test_random_rows_of_every_report_are_what_their_answers_add_up_to",
         "viewers/test_export.py::test_every_report_is_exported_as_its_csv_says"),
}  # fmt: skip
CONCERNED = (*range(21, 36), *range(41, 51))


def there_is(place: str) -> bool:
    """Whether a test of that name is in that file."""
    path, _, name = place.partition("::")
    tree = ast.parse((TESTS / path).read_text("utf-8")) if (TESTS / path).is_file() else ast.parse("")
    return name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("line", CONCERNED)
def test_every_complaint_has_its_test(line: int) -> None:
    places = LINES.get(line, ())
    assert places, f"line {line} has no test"
    assert [place for place in places if not there_is(place)] == []


def test_a_missing_test_is_seen() -> None:
    assert not there_is("viewers/test_totals.py::test_that_nobody_wrote")
    assert not there_is("viewers/none.py::test_a")

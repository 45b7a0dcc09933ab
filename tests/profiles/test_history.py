from __future__ import annotations

import pytest
from msgspec import structs

from omotenashi.model.event import Basis, Event
from omotenashi.model.views import View
from omotenashi.model.visitor import Arrival, History
from omotenashi.profiles.fold import claim_into, claimed, fold, history, kept_arrival, show_into
from omotenashi.profiles.profile import Profile
from omotenashi.profiles.store import Change, apply

DAY = 86_400
NOON = 1_764_990_000
CAMPAIGN = Arrival(medium="paid", campaign="winter2026")


def visited(*moments: int, path: str = "/a") -> Profile:
    profile = Profile()
    for at in moments:
        profile = fold(profile, Event("page_view", at, path=path, basis=Basis.IMPLIED))
    return profile


def test_of_a_visitor_without_a_profile_nothing_is_known_but_the_present_visit() -> None:
    assert history(None, NOON) == History(visits=(NOON,))


def test_visits_include_the_present_one() -> None:
    assert list(history(visited(NOON - DAY), NOON).visits) == [NOON - DAY, NOON]


def test_a_visit_goes_on_for_thirty_minutes() -> None:
    assert list(history(visited(NOON - 1_800), NOON).visits) == [NOON - 1_800]
    assert list(history(visited(NOON - 1_801), NOON).visits) == [NOON - 1_801, NOON]


def test_the_last_visit_is_the_end_of_the_one_before_the_present_one() -> None:
    profile = visited(NOON - 2 * DAY, NOON - 2 * DAY + 60, NOON - 60)
    assert history(profile, NOON).last_visit == NOON - 2 * DAY + 60
    assert history(profile, NOON + DAY).last_visit == NOON - 60


def test_the_visitor_was_first_seen_before_this_request_or_not_at_all() -> None:
    assert history(None, NOON).first_seen is None
    assert history(visited(NOON), NOON).first_seen is None
    assert history(visited(NOON - DAY, NOON), NOON).first_seen == NOON - DAY


def test_in_the_first_visit_there_is_no_last_one() -> None:
    assert history(visited(NOON - 60), NOON).last_visit is None


@pytest.mark.parametrize("request_id", ["r1", "another"])
def test_only_the_view_that_the_present_request_made_is_left_out(request_id: str) -> None:
    profile = visited(NOON - 60)
    apply(profile, Change("v", NOON, (Event("page_view", NOON, path="/a", basis=Basis.IMPLIED),), request_id="r1"))
    before = [View(NOON - 60, "/a")] if request_id == "r1" else [View(NOON - 60, "/a"), View(NOON, "/a")]
    found = history(profile, NOON + 1, request_id)
    assert list(found.views) == before
    assert len(found.deeds) == len(before)


def test_a_stated_view_that_the_present_request_made_is_left_out_too() -> None:
    profile = Profile()
    apply(profile, Change("v", NOON, (Event("page_view", NOON, path="/a"),), request_id="r1"))
    assert list(history(profile, NOON, "r1").views) == []


@pytest.mark.parametrize("seconds_before", [0, 3])
def test_another_request_for_the_same_page_is_a_view_of_its_own(seconds_before: int) -> None:
    profile = Profile()
    for at, request_id in ((NOON - seconds_before, "r1"), (NOON, "r2")):
        apply(
            profile, Change("v", at, (Event("page_view", at, path="/a", basis=Basis.IMPLIED),), request_id=request_id)
        )
    assert len(profile.views) == 2
    assert list(history(profile, NOON, "r2").views) == [View(NOON - seconds_before, "/a")]


def test_a_page_view_stated_by_a_script_of_the_page_takes_the_place_of_the_requested_one() -> None:
    profile = visited(NOON - 60)
    apply(profile, Change("v", NOON, (Event("page_view", NOON, path="/a", basis=Basis.IMPLIED),), request_id="r1"))
    apply(profile, Change("v", NOON + 2, (Event("page_view", NOON + 2, path="/a"),)))
    assert profile.views == [View(NOON - 60, "/a"), View(NOON + 2, "/a")]
    assert list(history(profile, NOON + 3, "r1").views) == [View(NOON - 60, "/a")]


def test_a_stated_view_before_the_request_that_its_view_gave_way_to_is_not_left_out() -> None:
    profile = fold(None, Event("page_view", NOON - 3, path="/a"))
    apply(profile, Change("v", NOON, (Event("page_view", NOON, path="/a", basis=Basis.IMPLIED),), request_id="r1"))
    assert list(history(profile, NOON, "r1").views) == [View(NOON - 3, "/a")]


def test_without_a_request_id_the_implied_view_of_the_page_within_five_seconds_is_left_out() -> None:
    profile = visited(NOON - 60, NOON)
    assert list(history(profile, NOON + 5, path="/a").views) == [View(NOON - 60, "/a")]
    assert len(history(profile, NOON + 6, path="/a").views) == 2
    assert len(history(profile, NOON, path="/b").views) == 2
    assert len(history(profile, NOON).views) == 2


def test_without_a_request_id_a_stated_view_stays() -> None:
    profile = fold(None, Event("page_view", NOON, path="/a"))
    assert len(history(profile, NOON, path="/a").views) == 1


def test_a_request_is_counted_once_whatever_number_of_includes_it_has() -> None:
    profile = Profile()
    view = Event("page_view", NOON, path="/a", basis=Basis.IMPLIED)
    apply(profile, Change("v", NOON, (view,), request_id="r1"))
    apply(profile, Change("v", NOON + 8, (structs.replace(view, at=NOON + 8),), request_id="r1"))
    assert profile.views == [View(NOON, "/a")]


def test_request_ids_of_the_last_minute_are_remembered_sixteen_at_most() -> None:
    profile = Profile()
    for number in range(20):
        view = Event("page_view", NOON + number, path=f"/{number}", basis=Basis.IMPLIED)
        apply(profile, Change("v", NOON + number, (view,), request_id=f"r{number}"))
    assert [request.at for request in profile.requests] == [NOON + number for number in range(4, 20)]
    late = Event("page_view", NOON + 75, path="/late", basis=Basis.IMPLIED)
    apply(profile, Change("v", NOON + 75, (late,), request_id="late"))
    assert [request.at for request in profile.requests] == [*(NOON + number for number in range(15, 20)), NOON + 75]


def test_the_arrival_is_kept_for_the_visit() -> None:
    profile = Profile()
    apply(profile, Change("v", NOON, (Event("page_view", NOON, path="/a"),), arrival=CAMPAIGN))
    apply(profile, Change("v", NOON + 60, (Event("page_view", NOON + 60, path="/b"),)))
    assert kept_arrival(profile, NOON + 60 + 1_800) == CAMPAIGN
    assert kept_arrival(profile, NOON + 60 + 1_801) is None


def test_the_arrival_of_an_earlier_visit_does_not_come_back() -> None:
    profile = Profile()
    apply(profile, Change("v", NOON, (Event("page_view", NOON, path="/a"),), arrival=CAMPAIGN))
    apply(profile, Change("v", NOON + DAY, (Event("page_view", NOON + DAY, path="/a"),)))
    assert kept_arrival(profile, NOON + DAY + 60) is None


def test_an_arrival_that_is_written_late_does_not_replace_a_newer_one() -> None:
    profile = Profile()
    apply(profile, Change("v", NOON, (Event("page_view", NOON, path="/a"),), arrival=CAMPAIGN))
    apply(profile, Change("v", NOON - 1, (), arrival=Arrival()))
    assert kept_arrival(profile, NOON) == CAMPAIGN


def test_nothing_is_kept_of_a_visitor_without_a_profile() -> None:
    assert kept_arrival(None, NOON) is None
    assert claimed(None, "hero", 0) == 0


def test_showings_are_counted_by_rule_and_from_a_moment_on() -> None:
    profile = Profile()
    for at, rule in ((NOON - DAY, "hero"), (NOON - 60, "hero"), (NOON, "hero"), (NOON, "notice")):
        assert claim_into(profile, rule, 10, 7 * DAY, at)
    assert claimed(profile, "hero", NOON - 60) == 2
    assert claimed(profile, "hero", NOON - DAY) == 3
    assert [showing.rule for showing in history(profile, NOON).showings].count("notice") == 1


def test_a_limit_is_reached_and_free_again_when_its_window_has_passed() -> None:
    profile = Profile()
    assert [claim_into(profile, "hero", 2, DAY, NOON + second) for second in (0, 10, 20)] == [True, True, False]
    assert not claim_into(profile, "hero", 2, DAY, NOON + DAY - 1)
    assert claim_into(profile, "hero", 2, DAY, NOON + DAY)


def test_a_claim_that_would_need_showings_that_were_dropped_is_refused() -> None:
    profile = Profile()
    for second in range(201):
        claim_into(profile, f"rule {second}", 1, DAY, NOON + second)
    assert len(profile.showings) == 200
    assert not claim_into(profile, "other", 1, DAY, NOON + 201)
    assert claim_into(profile, "other", 1, 100, NOON + 201)


def test_what_is_shown_without_a_limit_is_a_showing_too() -> None:
    profile = Profile()
    apply(profile, Change("v", NOON, shown=("b", "c")))
    assert claim_into(profile, "a", 1, DAY, NOON - 60)
    found = history(profile, NOON)
    assert [(showing.at, showing.rule) for showing in found.showings] == [(NOON - 60, "a"), (NOON, "b"), (NOON, "c")]


def test_a_limit_counts_what_was_shown_before_there_was_one() -> None:
    profile = Profile()
    show_into(profile, "hero", NOON)
    assert claimed(profile, "hero", 0) == 1
    assert not claim_into(profile, "hero", 1, DAY, NOON + 60)
    assert claim_into(profile, "hero", 2, DAY, NOON + 60)


def test_what_is_shown_without_a_limit_pushes_out_nothing_that_has_one() -> None:
    profile = Profile()
    assert claim_into(profile, "hero", 1, 7 * DAY, NOON)
    for second in range(1, 202):
        show_into(profile, "default", NOON + second)
    found = history(profile, NOON + 300)
    assert (found.limits_since, found.showings_since) == (None, NOON + 2)
    assert len(found.showings) == 201
    assert not claim_into(profile, "hero", 1, 7 * DAY, NOON + 300)
    assert claim_into(profile, "other", 1, 7 * DAY, NOON + 300)

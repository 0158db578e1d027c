"""Which service, class, location and customer an entry gets, and why."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addon.rules.activity import Activity
from addon.rules.eligibility import Held, judge
from addon.rules.entry import NoCustomer, Tag
from addon.rules.resolving import ALWAYS, DEFAULT_ITEM, THEIR_ITEM, Choices, Source
from tests.entries import (
    a_context,
    a_customer,
    a_label,
    a_service,
    an_entry,
    company_facts,
)

ENTRY = an_entry(
    task_id="task-1",
    task_name="Pruning",
    tags=(Tag("tag-1", "Outdoors"), Tag("tag-2", "Wet")),
)
TRACKING = company_facts(tracks_classes=True, tracks_locations=True)
KEYS = {
    Source.TASK: (Source.TASK, "task-1"),
    Source.PROJECT: (Source.PROJECT, "project-garden"),
    Source.USER: (Source.USER, "user-mia"),
    Source.TAG: (Source.TAG, "tag-2"),
    Source.FIXED: (Source.FIXED, ALWAYS),
}
WORDS = {
    Source.TASK: "Task “Pruning”",
    Source.PROJECT: "Project “Garden”",
    Source.USER: "User “Mia Member”",
    Source.TAG: "Tag “Wet”",
    Source.FIXED: "Fixed for all time",
}
ITEM_ORDER = [Source.TASK, Source.PROJECT, Source.USER, Source.TAG]
LABEL_ORDER = [Source.PROJECT, Source.USER, Source.TAG, Source.FIXED]


def subsets(order):
    sizes = range(1, len(order) + 1)
    return [each for size in sizes for each in itertools.combinations(order, size)]


def ready(entry, **context):
    verdict = judge(entry, a_context(**context))
    assert isinstance(verdict, Activity), verdict
    return verdict


def held(entry, **context):
    verdict = judge(entry, a_context(**context))
    assert isinstance(verdict, Held), verdict
    return verdict


@pytest.mark.parametrize("sources", subsets(ITEM_ORDER), ids="+".join)
def test_the_service_comes_from_task_project_user_tag_in_this_order(sources):
    """Of all that could say the service, the first in the order wins and is named."""
    chosen = {KEYS[each]: a_service(id=each, path=f"By {each}") for each in sources}
    draft = ready(ENTRY, choices=Choices(items=chosen), item=a_service())
    assert draft.item_id == sources[0]
    assert draft.item_name == f"By {sources[0]}"
    assert draft.item_rule == WORDS[sources[0]]


def test_without_any_choice_the_default_of_the_workspace_is_used():
    """What nobody chose in particular goes under the workspace's own service."""
    elsewhere = {(Source.TASK, "another"): a_service(id="9")}
    draft = ready(ENTRY, choices=Choices(items=elsewhere), item=a_service())
    assert (draft.item_id, draft.item_rule) == ("6", DEFAULT_ITEM)


def test_leaving_the_service_to_quickbooks_is_said():
    """Where no service is sent the preview says what QuickBooks does then."""
    draft = ready(ENTRY)
    assert (draft.item_id, draft.item_name) == (None, "")
    assert draft.item_rule == THEIR_ITEM


@pytest.mark.parametrize("sources", subsets(LABEL_ORDER), ids="+".join)
def test_class_and_location_come_from_project_user_tag_or_fixed(sources):
    """Of all that could say the class or location, the first wins and is named."""
    chosen = {KEYS[each]: a_label(id=each) for each in sources}
    choices = Choices(classes=chosen, locations=chosen)
    draft = ready(ENTRY, choices=choices, company=TRACKING)
    assert draft.class_id == draft.location_id == sources[0]
    assert draft.class_name == draft.location_name == "Coast:West"
    assert draft.class_rule == draft.location_rule == WORDS[sources[0]]
    assert draft.warnings == ()


def test_a_task_says_nothing_about_classes():
    """A choice for a task counts for the service only."""
    chosen = {KEYS[Source.TASK]: a_label()}
    draft = ready(ENTRY, choices=Choices(classes=chosen), company=TRACKING)
    assert draft.class_id is None


@pytest.mark.parametrize("needed", [False, True])
def test_a_company_that_tracks_none_gets_no_class_and_no_location(needed):
    """QuickBooks refuses classes it does not track, so none are sent or asked for."""
    chosen = {KEYS[Source.FIXED]: a_label(active=False)}
    choices = Choices(
        classes=chosen, locations=chosen, class_needed=needed, location_needed=needed
    )
    draft = ready(ENTRY, choices=choices)
    assert (draft.class_id, draft.class_rule) == (None, "")
    assert (draft.location_id, draft.location_rule) == (None, "")
    assert draft.warnings == ()


def test_a_missing_class_or_location_is_warned_about():
    """Time without a class can be sent, and the preview says that it has none."""
    draft = ready(ENTRY, company=TRACKING)
    assert (draft.class_id, draft.location_id) == (None, None)
    assert draft.warnings == (
        "Nothing says which class this entry of Mia Member has.",
        "Nothing says which location this entry of Mia Member has.",
    )


@pytest.mark.parametrize("what", ["class", "location"])
def test_a_missing_class_or_location_holds_where_it_is_needed(what):
    """Whoever insists on a class never sends time without one."""
    choices = Choices(**{f"{what}_needed": True})
    verdict = held(ENTRY, choices=choices, company=TRACKING)
    assert verdict.reason == f"{what}-missing"
    assert "More fields" in verdict.cure


def test_tags_that_disagree_are_never_chosen_between():
    """Two tags for two services hold the entry and are both named."""
    torn = {
        (Source.TAG, "tag-1"): a_service(),
        (Source.TAG, "tag-2"): a_service(id="7", path="Design"),
    }
    verdict = held(ENTRY, choices=Choices(items=torn))
    assert verdict.text == (
        "The tags of this entry of Mia Member disagree about the service: "
        "the tag “Outdoors” says Landscaping:Gardening, the tag “Wet” says Design."
    )


def test_tags_that_disagree_do_not_matter_where_something_else_decides():
    """A project's own service settles what its tags could not."""
    torn = {
        (Source.TAG, "tag-1"): a_service(),
        (Source.TAG, "tag-2"): a_service(id="7"),
        KEYS[Source.PROJECT]: a_service(id="8"),
    }
    assert ready(ENTRY, choices=Choices(items=torn)).item_id == "8"


def test_tags_that_agree_are_one_choice():
    """Two tags for the same service are as good as one."""
    same = {(Source.TAG, "tag-1"): a_service(), (Source.TAG, "tag-2"): a_service()}
    draft = ready(ENTRY, choices=Choices(items=same))
    assert (draft.item_id, draft.item_rule) == ("6", "Tag “Outdoors”")


FALLBACK = Choices(fallbacks={"client-cool-cars": a_customer(id="1", name="Cool Cars")})


def test_a_project_without_a_link_goes_to_the_fallback_of_its_client():
    """A new project of a known client can be sent before anybody links it."""
    draft = ready(ENTRY, customers={}, choices=FALLBACK)
    assert (draft.customer_id, draft.customer_name) == ("1", "Cool Cars")
    assert draft.customer_rule == "Fallback of client “Cool Cars”"


def test_a_link_goes_before_the_fallback_of_the_client():
    """What was decided for the project itself always counts more."""
    draft = ready(ENTRY, choices=FALLBACK)
    assert (draft.customer_id, draft.customer_rule) == ("3", "Project “Garden”")
    nobody = ready(an_entry(billable=False), customer=NoCustomer(), choices=FALLBACK)
    assert nobody.customer_id is None
    assert nobody.customer_rule == "Project “Garden” is set to have no customer"


def test_a_client_without_fallback_leaves_its_projects_waiting():
    """The fallback of one client is never used for another."""
    other = an_entry(client_id="client-other", client_name="Other")
    assert held(other, customers={}, choices=FALLBACK).reason == "project-not-linked"
    none = an_entry(client_id=None, client_name="")
    assert held(none, customers={}, choices=FALLBACK).reason == "project-not-linked"


def test_the_fallback_is_billed_in_its_own_currency():
    """A rate in dollars never reaches a fallback customer billed in euro."""
    euro = a_customer(id="1", currency="EUR")
    choices = Choices(fallbacks={"client-cool-cars": euro})
    assert held(ENTRY, customers={}, choices=choices).reason == "wrong-currency"


def test_who_is_left_out_comes_before_everything_else():
    """Time left out on purpose shows that, not errors nobody will ever fix."""
    odd = an_entry(running=True, project_id=None, kind="BREAK")
    verdict = held(odd, people={}, left_out_users=frozenset({"user-mia"}))
    assert verdict.reason == "left-out"
    assert verdict.text == "Mia Member is left out on purpose."
    project = held(ENTRY, left_out_projects=frozenset({"project-garden"}))
    assert project.text == "The project “Garden” is left out on purpose."


keys = st.sampled_from([*KEYS.values(), (Source.TAG, "tag-1"), (Source.TASK, "x")])
labels = st.builds(a_label, id=st.sampled_from("123"), active=st.booleans())
services = st.builds(a_service, id=st.sampled_from("123"), active=st.booleans())


@given(
    st.builds(
        Choices,
        items=st.dictionaries(keys, services),
        classes=st.dictionaries(keys, labels),
        locations=st.dictionaries(keys, labels),
        class_needed=st.booleans(),
        location_needed=st.booleans(),
    ),
    st.none() | services,
)
def test_nothing_is_chosen_silently_and_nothing_inactive_is_sent(choices, default):
    """Whatever is chosen, a ready entry says why, and refers to active records only."""
    context = a_context(company=TRACKING, choices=choices, item=default)
    verdict = judge(ENTRY, context)
    if isinstance(verdict, Held):
        assert verdict.text.endswith(".")
        assert verdict.cure.endswith(".")
        return
    assert verdict.item_rule
    assert bool(verdict.class_rule) is (verdict.class_id is not None)
    assert bool(verdict.location_rule) is (verdict.location_id is not None)
    missing = [verdict.class_id, verdict.location_id].count(None)
    assert len(verdict.warnings) == missing
    active = {
        name: {each.id for each in [*chosen.values(), default] if each and each.active}
        for name, chosen in (
            ("item", choices.items),
            ("class", choices.classes),
            ("location", choices.locations),
        )
    }
    assert verdict.item_id is None or verdict.item_id in active["item"]
    assert verdict.class_id is None or verdict.class_id in active["class"]
    assert verdict.location_id is None or verdict.location_id in active["location"]

package meshclaw.guards.any.autoheal_test

import data.meshclaw.guards.any.autoheal

asked(type, class, properties) := {
	"subject": {"type": type},
	"context": {"surface": "cli"},
	"action": {"class": class},
	"resource": {"properties": properties},
}

test_asks_where_the_inventory_says_ask_or_never if {
	every wanted in ["ask", "never"] {
		count(autoheal.approval_required) == 1 with input as asked("human", "write", {"autoheal": wanted})
		count(autoheal.deny) == 0 with input as asked("human", "write", {"autoheal": wanted})
	}
}

test_denies_what_runs_by_itself_where_it_says_never if {
	some r in autoheal.deny with input as asked("schedule", "write", {"autoheal": "never"})
	r.facts["resource.properties.autoheal"] == "never"
	count(autoheal.deny) == 0 with input as asked("schedule", "write", {"autoheal": "ask"})
}

test_asks_before_what_runs_by_itself_unless_it_says_auto if {
	count(autoheal.approval_required) == 1 with input as asked("schedule", "write", {})
	count(autoheal.approval_required) == 0 with input as asked("schedule", "write", {"autoheal": "auto"})
}

test_is_silent_for_reads_and_for_people_elsewhere if {
	every request in [
		asked("schedule", "read", {"autoheal": "never"}),
		asked("human", "write", {}),
		asked("agent", "write", {"autoheal": "auto"}),
	] {
		count(autoheal.approval_required | autoheal.deny) == 0 with input as request
	}
}

test_still_answers_when_class_subject_or_property_are_missing if {
	count(autoheal.approval_required) == 1 with input as {"resource": {"properties": {"autoheal": "ask"}}}
	count(autoheal.deny) == 1 with input as {"action": {"class": "write"}, "resource": {"properties": {"autoheal": "never"}}}
	count(autoheal.approval_required) == 1 with input as {"subject": {"type": "ci"}, "action": {"class": "write"}}
}

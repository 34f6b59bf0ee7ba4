package meshclaw.guards.any.unobserved_test

import data.meshclaw.guards.any.unobserved

parameters := {"fact_age_seconds": 60}

asked(type, class, facts) := {
	"subject": {"type": type},
	"context": {"surface": "cli"},
	"action": {"class": class},
	"resource": {"facts": facts},
}

seen(age) := {"disk_used_percent": {"value": 91, "age_seconds": age}}

test_asks_when_nothing_fresh_is_known if {
	every facts in [{}, seen(61)] {
		count(unobserved.approval_required) == 1 with input as asked("schedule", "write", facts)
			with data.meshclaw.parameters as parameters
	}
}

test_is_silent_with_a_fresh_fact_for_reads_and_where_somebody_is if {
	every request in [
		asked("schedule", "write", seen(60)),
		asked("schedule", "read", {}),
		asked("human", "write", {}),
	] {
		count(unobserved.approval_required) == 0 with input as request with data.meshclaw.parameters as parameters
	}
}

test_asks_when_facts_age_class_subject_or_limit_are_missing if {
	every request in [
		{"subject": {"type": "ci"}, "action": {"class": "write"}},
		asked("ci", "write", {"disk_used_percent": {"value": 91}}),
		asked("ci", "write", seen(null)),
		{"subject": {"type": "ci"}, "resource": {"facts": {}}},
		{"action": {"class": "write"}, "resource": {"facts": {}}},
	] {
		count(unobserved.approval_required) == 1 with input as request with data.meshclaw.parameters as parameters
	}
	count(unobserved.approval_required) == 1 with input as asked("ci", "write", seen(1)) with data.meshclaw.parameters as {}
}

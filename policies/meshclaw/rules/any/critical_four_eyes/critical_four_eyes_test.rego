package meshclaw.rules.any.critical_four_eyes_test

import data.meshclaw.rules.any.critical_four_eyes

asked(class, criticality) := {"action": {"class": class}, "resource": {"properties": {"criticality": criticality}}}

test_asks_two_people if {
	count(critical_four_eyes.approval_required) == 1 with input as asked("destructive", "high")
	some o in critical_four_eyes.obligation with input as asked("secret", "critical")
	o.parameters.signers == 2
}

test_is_silent_for_ordinary_changes_and_servers if {
	count(critical_four_eyes.approval_required) == 0 with input as asked("write", "high")
	count(critical_four_eyes.obligation) == 0 with input as asked("destructive", "low")
}

test_still_asks_when_the_class_is_missing if {
	count(critical_four_eyes.approval_required) == 1 with input as {"resource": {"properties": {"criticality": "high"}}}
}

test_leaves_an_unknown_criticality_to_the_class_default if {
	count(critical_four_eyes.approval_required) == 0 with input as {"action": {"class": "destructive"}}
}

test_demands_in_words_that_the_engine_knows if {
	critical_four_eyes.obligation == {{
		"id": "any.critical_four_eyes",
		"type": "four_eyes",
		"parameters": {"signers": 2},
	}} with input as asked("spend", "critical")
}

test_is_silent_for_reads if {
	count(critical_four_eyes.approval_required) == 0 with input as asked("read", "critical")
}

package meshclaw.guards.any.read_only_test

import data.meshclaw.guards.any.read_only

asked(class) := {"action": {"class": class}}

test_denies_changes_where_none_are_allowed if {
	some r in read_only.deny with input as asked("write") with data.meshclaw.parameters as {"changes_allowed": false}
	r.rule == "any.read_only"
}

test_is_silent_where_changes_are_allowed if {
	count(read_only.deny) == 0 with input as asked("write") with data.meshclaw.parameters as {"changes_allowed": true}
}

test_is_silent_for_reads if {
	count(read_only.deny) == 0 with input as asked("read") with data.meshclaw.parameters as {"changes_allowed": false}
}

test_denies_when_the_class_or_the_parameter_is_missing if {
	count(read_only.deny) == 1 with input as {"action": {}} with data.meshclaw.parameters as {"changes_allowed": false}
	count(read_only.deny) == 1 with input as asked("write") with data.meshclaw.parameters as {}
	count(read_only.deny) == 1 with input as asked("write") with data.meshclaw.parameters as {"changes_allowed": "no"}
}

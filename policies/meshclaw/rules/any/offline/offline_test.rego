package meshclaw.rules.any.offline_test

import data.meshclaw.rules.any.offline

asked(class, properties) := {"action": {"class": class}, "resource": {"properties": properties}}

test_asks_before_changing_it if {
	count(offline.approval_required) == 1 with input as asked("write", {"intentionally_offline": true})
}

test_is_silent_for_reads_and_for_servers_in_use if {
	every request in [
		asked("read", {"intentionally_offline": true}),
		asked("write", {"intentionally_offline": false}),
		asked("write", {}),
	] {
		count(offline.approval_required) == 0 with input as request
	}
}

test_asks_when_the_class_is_missing_or_the_property_is_something_else if {
	count(offline.approval_required) == 1 with input as {"resource": {"properties": {"intentionally_offline": true}}}
	count(offline.approval_required) == 1 with input as asked("write", {"intentionally_offline": "perhaps"})
}

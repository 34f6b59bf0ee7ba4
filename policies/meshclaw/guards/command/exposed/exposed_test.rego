package meshclaw.guards.command.exposed_test

import data.meshclaw.guards.command.exposed

test_asks_when_exposed if {
	count(exposed.approval_required) == 1 with input as {"context": {"exposed": true}}
}

test_is_silent_when_not_exposed if {
	count(exposed.approval_required) == 0 with input as {"context": {"exposed": false}}
}

test_asks_when_it_is_not_known if {
	count(exposed.approval_required) == 1 with input as {"context": {}}
}

test_is_silent_for_a_read if {
	count(exposed.approval_required) == 0 with input as {"action": {"class": "read"}, "context": {"exposed": true}}
}

test_asks_when_the_class_is_not_known if {
	count(exposed.approval_required) == 1 with input as {"action": {}, "context": {"exposed": true}}
}

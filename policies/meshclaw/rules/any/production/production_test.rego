package meshclaw.rules.any.production_test

import data.meshclaw.rules.any.production

asked(class, environment) := {"action": {"class": class}, "resource": {"properties": {"environment": environment}}}

test_asks_in_production if {
	count(production.approval_required) == 1 with input as asked("write", "production")
}

test_is_silent_for_reads_and_elsewhere if {
	count(production.approval_required) == 0 with input as asked("read", "production")
	count(production.approval_required) == 0 with input as asked("write", "staging")
}

test_still_asks_when_the_class_is_missing if {
	count(production.approval_required) == 1 with input as {"resource": {"properties": {"environment": "production"}}}
}

# Without an environment nothing is known to be production: the class default already asks for every change.
test_leaves_an_unknown_environment_to_the_class_default if {
	count(production.approval_required) == 0 with input as {"action": {"class": "write"}, "resource": {"properties": {}}}
}

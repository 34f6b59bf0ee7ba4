package meshclaw.guards.any.freeze_test

import data.meshclaw.guards.any.freeze

test_denies_a_change_under_freeze if {
	some r in freeze.deny with input as {"action": {"class": "write"}, "context": {"freeze": true}}
	r.rule == "any.freeze"
	r.facts["context.freeze"] == true
}

test_is_silent_without_freeze if {
	count(freeze.deny) == 0 with input as {"action": {"class": "write"}, "context": {"freeze": false}}
}

test_is_silent_for_reads if {
	count(freeze.deny) == 0 with input as {"action": {"class": "read"}, "context": {"freeze": true}}
}

test_denies_when_the_freeze_is_not_known if {
	count(freeze.deny) == 1 with input as {"action": {"class": "write"}, "context": {}}
}

test_denies_when_the_class_is_not_known if {
	count(freeze.deny) == 1 with input as {"action": {}, "context": {"freeze": true}}
}

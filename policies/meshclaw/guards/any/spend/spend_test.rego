package meshclaw.guards.any.spend_test

import data.meshclaw.guards.any.spend

asked(class) := {"action": {"class": class}}

test_denies_spending_where_none_is_allowed if {
	count(spend.deny) == 1 with input as asked("spend") with data.meshclaw.parameters as {"spend_allowed": false}
}

test_is_silent_where_it_is_allowed_and_for_what_is_free if {
	count(spend.deny) == 0 with input as asked("spend") with data.meshclaw.parameters as {"spend_allowed": true}
	every class in ["read", "write", "destructive", "secret"] {
		count(spend.deny) == 0 with input as asked(class) with data.meshclaw.parameters as {"spend_allowed": false}
	}
}

test_denies_when_the_class_or_the_parameter_is_missing if {
	count(spend.deny) == 1 with input as {"action": {}} with data.meshclaw.parameters as {"spend_allowed": false}
	count(spend.deny) == 1 with input as asked("spend") with data.meshclaw.parameters as {}
	count(spend.deny) == 1 with input as asked("spend") with data.meshclaw.parameters as {"spend_allowed": "yes"}
}

package meshclaw.rules.any.rate_limit_test

import data.meshclaw.rules.any.rate_limit

parameters := {"changes_per_hour": 3}

asked(recent) := {"action": {"class": "write", "name": "file.chmod"}, "context": {"recent": recent}}

test_asks_at_the_limit if {
	count(rate_limit.approval_required) == 1 with input as asked({"file.chmod": 3})
		with data.meshclaw.parameters as parameters
}

test_is_silent_below_it if {
	count(rate_limit.approval_required) == 0 with input as asked({"file.chmod": 2})
		with data.meshclaw.parameters as parameters
}

test_is_silent_for_reads if {
	count(rate_limit.approval_required) == 0 with input as {"action": {"class": "read", "name": "file.stat"}}
		with data.meshclaw.parameters as parameters
}

test_asks_when_the_count_the_name_or_the_limit_is_missing if {
	count(rate_limit.approval_required) == 1 with input as asked({}) with data.meshclaw.parameters as parameters
	count(rate_limit.approval_required) == 1 with input as {"action": {"class": "write"}, "context": {"recent": {}}}
		with data.meshclaw.parameters as parameters
	count(rate_limit.approval_required) == 1 with input as asked({"file.chmod": 0}) with data.meshclaw.parameters as {}
}

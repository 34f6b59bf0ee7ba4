package meshclaw.rules.any.rate_limit_test

import data.meshclaw.rules.any.rate_limit

parameters := {"changes_per_hour": 3, "changes_per_hour_of": {"service.restart": 1}}

asked(name, recent) := {"action": {"class": "write", "name": name}, "context": {"recent": recent}}

test_asks_at_the_limit if {
	count(rate_limit.approval_required) == 1 with input as asked("file.chmod", {"file.chmod": 3})
		with data.meshclaw.parameters as parameters
}

test_asks_at_the_limit_of_the_operation if {
	count(rate_limit.approval_required) == 1 with input as asked("service.restart", {"service.restart": 1})
		with data.meshclaw.parameters as parameters
}

test_asks_at_the_common_limit_where_the_own_one_is_higher if {
	count(rate_limit.approval_required) == 1 with input as asked("file.chmod", {"file.chmod": 3})
		with data.meshclaw.parameters as {"changes_per_hour": 3, "changes_per_hour_of": {"file.chmod": 9}}
}

test_is_silent_below_it if {
	every request in [asked("file.chmod", {"file.chmod": 2}), asked("service.restart", {"service.restart": 0})] {
		count(rate_limit.approval_required) == 0 with input as request with data.meshclaw.parameters as parameters
	}
}

test_is_silent_for_reads if {
	count(rate_limit.approval_required) == 0 with input as {"action": {"class": "read", "name": "file.stat"}}
		with data.meshclaw.parameters as parameters
}

test_asks_when_the_count_the_name_or_a_limit_is_missing if {
	every request in [
		asked("file.chmod", {}),
		{"action": {"class": "write"}, "context": {"recent": {}}},
		{"action": {"class": "write", "name": "file.chmod"}, "context": {}},
		{"action": {"name": "file.chmod"}, "context": {"recent": {"file.chmod": 3}}},
	] {
		count(rate_limit.approval_required) == 1 with input as request with data.meshclaw.parameters as parameters
	}
	every limits in [{}, {"changes_per_hour": 3}, {"changes_per_hour_of": {}}] {
		count(rate_limit.approval_required) == 1 with input as asked("file.chmod", {"file.chmod": 0})
			with data.meshclaw.parameters as limits
	}
}

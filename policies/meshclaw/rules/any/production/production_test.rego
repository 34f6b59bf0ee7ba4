package meshclaw.rules.any.production_test

import data.meshclaw.rules.any.production

parameters := {"production_environments": ["production", "live"], "unlabelled_is_ordinary": true}

strict := {"production_environments": ["production"], "unlabelled_is_ordinary": false}

asked(class, properties) := {"action": {"class": class}, "resource": {"properties": properties}}

test_asks_in_production if {
	every name in ["production", "live"] {
		count(production.approval_required) == 1 with input as asked("write", {"environment": name})
			with data.meshclaw.parameters as parameters
	}
}

test_is_silent_for_reads_and_elsewhere if {
	every request in [asked("read", {"environment": "production"}), asked("write", {"environment": "staging"})] {
		count(production.approval_required) == 0 with input as request with data.meshclaw.parameters as strict
	}
}

test_takes_a_server_without_environment_as_the_parameter_says if {
	count(production.approval_required) == 0 with input as asked("write", {}) with data.meshclaw.parameters as parameters
	count(production.approval_required) == 1 with input as asked("write", {}) with data.meshclaw.parameters as strict
}

test_asks_when_class_or_parameters_are_missing if {
	count(production.approval_required) == 1 with data.meshclaw.parameters as parameters
		with input as {"resource": {"properties": {"environment": "live"}}}
	count(production.approval_required) == 1 with input as asked("write", {"environment": "staging"})
		with data.meshclaw.parameters as {}
	count(production.approval_required) == 1 with input as asked("write", {}) with data.meshclaw.parameters as {}
}

test_takes_no_environment_for_another_one_where_the_list_is_empty if {
	count(production.approval_required) == 1 with input as asked("write", {})
		with data.meshclaw.parameters as {"production_environments": [], "unlabelled_is_ordinary": false}
}

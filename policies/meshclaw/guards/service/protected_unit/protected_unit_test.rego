package meshclaw.guards.service.protected_unit_test

import data.meshclaw.guards.service.protected_unit

parameters := {"protected_units": ["sshd"], "protected_unit_prefixes": ["systemd-"]}

asked(name, unit) := {"action": {"name": name, "class": "write", "properties": {"unit": unit}}}

test_asks_before_a_restart if {
	some r in protected_unit.approval_required with input as asked("service.restart", "sshd.service")
		with data.meshclaw.parameters as parameters
	r.rule == "service.protected_unit"
	count(protected_unit.deny) == 0 with input as asked("service.restart", "sshd.service")
		with data.meshclaw.parameters as parameters
}

test_denies_stopping_it if {
	every name in ["service.stop", "service.disable", "service.anything"] {
		count(protected_unit.deny) == 1 with input as asked(name, "systemd-networkd.service")
			with data.meshclaw.parameters as parameters
	}
}

test_is_silent_for_other_units_and_for_reads if {
	every request in [
		asked("service.stop", "nginx.service"),
		{"action": {"name": "service.status", "class": "read", "properties": {"unit": "sshd"}}},
	] {
		count(protected_unit.deny | protected_unit.approval_required) == 0 with input as request
			with data.meshclaw.parameters as parameters
	}
}

test_is_silent_for_a_question_in_general if {
	count(protected_unit.deny) == 0 with data.meshclaw.parameters as parameters
		with input as {"action": {"name": "service.stop", "class": "write", "properties": {}}, "context": {"mode": "check"}}
}

test_denies_when_unit_name_class_or_parameters_are_missing if {
	every request in [
		{"action": {"name": "service.stop", "class": "write", "properties": {}}},
		{"action": {"class": "write", "properties": {"unit": "sshd"}}},
		{"action": {"name": "service.stop", "properties": {"unit": "sshd"}}},
	] {
		count(protected_unit.deny) == 1 with input as request with data.meshclaw.parameters as parameters
	}
	count(protected_unit.deny) == 1 with input as asked("service.stop", "nginx") with data.meshclaw.parameters as {}
}

test_is_silent_for_a_restart_of_other_units_and_asks_instead_of_denying if {
	every name in ["service.restart", "service.reload"] {
		count(protected_unit.approval_required) == 0 with input as asked(name, "nginx") with data.meshclaw.parameters as parameters
		count(protected_unit.approval_required) == 1 with input as asked(name, "sshd") with data.meshclaw.parameters as parameters
		count(protected_unit.deny) == 0 with input as asked(name, "sshd") with data.meshclaw.parameters as parameters
	}
	count(protected_unit.approval_required) == 0 with input as asked("service.stop", "sshd")
		with data.meshclaw.parameters as parameters
}

test_knows_no_ordinary_unit_without_lists_or_a_name if {
	every lists in [
		{"protected_units": [], "protected_unit_prefixes": ["systemd-"]},
		{"protected_units": ["sshd"], "protected_unit_prefixes": []},
		{"protected_units": ["sshd"]},
		{"protected_unit_prefixes": ["systemd-"]},
	] {
		count(protected_unit.deny) == 1 with input as asked("service.stop", "nginx") with data.meshclaw.parameters as lists
	}
	count(protected_unit.deny) == 1 with input as asked("service.stop", 5) with data.meshclaw.parameters as parameters
}

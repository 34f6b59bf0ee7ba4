package meshclaw.guards.any.always_asked_test

import data.meshclaw.guards.any.always_asked

parameters := {"always_asked": ["host.reboot", "service.stop"]}

asked(name, class) := {"action": {"name": name, "class": class}}

test_asks_about_each_operation_of_the_list if {
	every name in ["host.reboot", "service.stop"] {
		count(always_asked.approval_required) == 1 with input as asked(name, "write")
			with data.meshclaw.parameters as parameters
	}
}

test_is_silent_for_others_and_for_reads if {
	every request in [asked("service.restart", "write"), asked("host.reboot", "read")] {
		count(always_asked.approval_required) == 0 with input as request with data.meshclaw.parameters as parameters
	}
}

test_asks_when_name_class_or_list_are_missing if {
	every request in [{"action": {"class": "write"}}, {"action": {"name": "host.reboot"}}] {
		count(always_asked.approval_required) == 1 with input as request with data.meshclaw.parameters as parameters
	}
	count(always_asked.approval_required) == 1 with input as asked("file.chmod", "write") with data.meshclaw.parameters as {}
}

test_asks_when_the_name_is_missing_and_the_list_is_empty if {
	count(always_asked.approval_required) == 1 with input as {"action": {"class": "write"}}
		with data.meshclaw.parameters as {"always_asked": []}
}

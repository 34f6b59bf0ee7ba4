package meshclaw.guards.command.protected_unit_test

import data.meshclaw.guards.command.protected_unit

parameters := {"protected_units": ["sshd"], "protected_unit_prefixes": ["systemd-"]}

asked(name, words) := {"action": {"class": "write", "command": {"programs": [{"name": name, "words": words}]}}}

test_denies_stopping_what_holds_the_way_in if {
	every call in [
		["systemctl", ["stop", "sshd"]],
		["systemctl", ["disable", "--now", "sshd.service"]],
		["systemctl", ["mask", "systemd-networkd"]],
		["service", ["sshd", "stop"]],
		["pkill", ["-9", "sshd"]],
	] {
		count(protected_unit.deny) == 1 with input as asked(call[0], call[1]) with data.meshclaw.parameters as parameters
	}
}

test_is_silent_for_other_services_and_verbs if {
	every call in [
		["systemctl", ["stop", "nginx"]],
		["systemctl", ["status", "sshd"]],
		["echo", ["stop", "sshd"]],
	] {
		count(protected_unit.deny) == 0 with input as asked(call[0], call[1]) with data.meshclaw.parameters as parameters
	}
}

test_is_silent_without_facts if {
	count(protected_unit.deny) == 0 with input as {"action": {"class": "write"}} with data.meshclaw.parameters as parameters
}

test_still_denies_without_a_class if {
	programs := [{"name": "systemctl", "words": ["stop", "sshd"]}]
	count(protected_unit.deny) == 1 with input as {"action": {"command": {"programs": programs}}}
		with data.meshclaw.parameters as parameters
}

package meshclaw.guards.command.protected_unit_test

import data.meshclaw.guards.command.protected_unit

parameters := {"protected_units": ["sshd"], "protected_unit_prefixes": ["systemd-"]}

asked(argv) := {"action": {"class": "write", "argv": argv}}

test_denies_stopping_what_holds_the_way_in if {
	every argv in [
		["systemctl", "stop", "sshd"],
		["sudo", "systemctl", "disable", "--now", "sshd.service"],
		["sh", "-c", "systemctl mask systemd-networkd"],
		["service", "sshd", "stop"],
	] {
		count(protected_unit.deny) == 1 with input as asked(argv) with data.meshclaw.parameters as parameters
	}
}

test_is_silent_for_other_services_and_verbs if {
	every argv in [["systemctl", "stop", "nginx"], ["systemctl", "status", "sshd"], ["echo", "stop", "sshd"]] {
		count(protected_unit.deny) == 0 with input as asked(argv) with data.meshclaw.parameters as parameters
	}
}

test_is_silent_without_words if {
	count(protected_unit.deny) == 0 with input as {"action": {"class": "write"}} with data.meshclaw.parameters as parameters
}

test_still_denies_without_a_class if {
	count(protected_unit.deny) == 1 with input as {"action": {"argv": ["systemctl", "stop", "sshd"]}}
		with data.meshclaw.parameters as parameters
}

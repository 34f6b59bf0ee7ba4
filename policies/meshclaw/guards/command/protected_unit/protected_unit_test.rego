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

test_denies_every_verb_of_every_service_manager if {
	every name in ["systemctl", "service", "rc-service", "rc-update", "launchctl", "sv", "initctl"] {
		every verb in ["stop", "disable", "mask", "kill", "isolate", "del", "unload", "freeze", "force-stop", "down"] {
			count(protected_unit.deny) == 1 with input as asked(name, [verb, "sshd"]) with data.meshclaw.parameters as parameters
		}
	}
	every name in ["kill", "pkill", "killall", "skill"] {
		count(protected_unit.deny) == 1 with input as asked(name, ["sshd"]) with data.meshclaw.parameters as parameters
	}
}

# A restart brings it back; the class default asks about it.
test_leaves_a_restart_to_a_person if {
	count(protected_unit.deny) == 0 with input as asked("systemctl", ["restart", "sshd"])
		with data.meshclaw.parameters as parameters
}

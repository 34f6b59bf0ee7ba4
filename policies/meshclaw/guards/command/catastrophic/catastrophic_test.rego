package meshclaw.guards.command.catastrophic_test

import data.meshclaw.guards.command.catastrophic

parameters := {
	"catastrophic_programs": ["mkfs", "wipefs"],
	"tree_changers": ["rm", "chmod"],
	"whole_trees": ["", "/var", "/etc"],
	"harmless_devices": ["of=/dev/null"],
}

asked(argv) := {"action": {"class": "write", "argv": argv}}

test_denies_what_wipes if {
	every argv in [
		["mkfs.ext4", "/dev/sdb"],
		["sudo", "/usr/sbin/wipefs", "-a", "/dev/sdb"],
		["rm", "-rf", "/"],
		["rm", "-rf", "/*"],
		["sudo", "rm", "-rf", "/var/"],
		["sh", "-c", "cd /; rm -rf /etc"],
		["chmod", "-R", "777", "/"],
		["dd", "if=/dev/zero", "of=/dev/sda"],
	] {
		count(catastrophic.deny) == 1 with input as asked(argv) with data.meshclaw.parameters as parameters
	}
}

test_is_silent_for_ordinary_commands if {
	every argv in [["uptime"], ["rm", "/srv/app/old.log"], ["dd", "if=a", "of=/dev/null"], ["ls", "/etc"]] {
		count(catastrophic.deny) == 0 with input as asked(argv) with data.meshclaw.parameters as parameters
	}
}

test_is_silent_without_words if {
	count(catastrophic.deny) == 0 with input as {"action": {"class": "write"}} with data.meshclaw.parameters as parameters
}

package meshclaw.guards.command.catastrophic_test

import data.meshclaw.guards.command.catastrophic

parameters := {
	"catastrophic_programs": ["mkfs", "wipefs", "shutdown"],
	"tree_changers": ["rm", "chmod"],
	"whole_trees": ["", "/var", "/etc"],
	"harmless_devices": ["of=/dev/null"],
	"disk_prefixes": ["/dev/sd"],
}

asked(argv) := {"action": {"class": "write", "argv": argv}}

test_denies_what_wipes if {
	every argv in [
		["mkfs.ext4", "/dev/sdb"],
		["sudo", "/usr/sbin/wipefs", "-a", "/dev/sdb"],
		["shutdown", "-h", "now"],
		["rm", "-rf", "/"],
		["rm", "-rf", "/*"],
		["sudo", "rm", "-rf", "/var/"],
		["sh", "-c", "cd /; rm -rf /etc"],
		["sh", "-c", "cd /tmp&&rm -rf '/etc'"],
		["rm", "-rf", "/srv/../etc"],
		["rm", "-rf", "//etc"],
		["find", "/", "-name", "x", "-delete"],
		["find", "/etc", "-exec", "unlink", "+"],
		["chmod", "-R", "777", "/"],
		["dd", "if=/dev/zero", "of=/dev/sda"],
		["sh", "-c", "cat image >/dev/sda"],
		["tee", "/dev/sda"],
	] {
		count(catastrophic.deny) == 1 with input as asked(argv) with data.meshclaw.parameters as parameters
	}
}

test_is_silent_for_ordinary_commands if {
	every argv in [
		["uptime"],
		["rm", "/srv/app/old.log"],
		["rm", "-r", "./build", "*.o"],
		["find", "/", "-name", "core"],
		["dd", "if=a", "of=/dev/null"],
		["ls", "/etc"],
		["smartctl", "-a", "/dev/sda"],
		["sh", "-c", "ls 2>/dev/null"],
	] {
		count(catastrophic.deny) == 0 with input as asked(argv) with data.meshclaw.parameters as parameters
	}
}

test_is_silent_without_words if {
	count(catastrophic.deny) == 0 with input as {"action": {"class": "write"}} with data.meshclaw.parameters as parameters
}

test_still_denies_without_a_class if {
	count(catastrophic.deny) == 1 with input as {"action": {"argv": ["rm", "-rf", "/"]}}
		with data.meshclaw.parameters as parameters
}

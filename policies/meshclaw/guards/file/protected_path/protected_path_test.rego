package meshclaw.guards.file.protected_path_test

import data.meshclaw.guards.file.protected_path

parameters := {
	"protected_paths": ["/", "/etc/passwd"],
	"protected_roots": ["/boot"],
	"protected_mounts": ["/mnt/share"],
	"protected_parts": ["/.ssh/"],
}

asked(path) := {"action": {"class": "write", "properties": {"path": path}}}

test_denies_each_kind_of_protected_path if {
	every path in ["/", "/etc/passwd", "/boot", "/boot/grub/grub.cfg", "/home/dana/.ssh", "/mnt/share", "/mnt/share/a"] {
		count(protected_path.deny) == 1 with input as asked(path) with data.meshclaw.parameters as parameters
	}
}

test_denies_every_other_spelling if {
	every path in ["/srv/../etc/passwd", "//etc/passwd", "/etc/./passwd", "/etc/passwd/", "/srv/app/", "srv/app", ""] {
		count(protected_path.deny) == 1 with input as asked(path) with data.meshclaw.parameters as parameters
	}
}

test_is_silent_for_a_question_in_general if {
	count(protected_path.deny) == 0 with data.meshclaw.parameters as parameters
		with input as {"action": {"class": "write", "properties": {}}, "context": {"mode": "check"}}
}

test_is_silent_outside if {
	every path in ["/srv/app/config", "/bootstrap", "/etc/passwd.d/x", "/home/dana/ssh"] {
		count(protected_path.deny) == 0 with input as asked(path) with data.meshclaw.parameters as parameters
	}
}

test_is_silent_for_reads if {
	count(protected_path.deny) == 0 with input as {"action": {"class": "read", "properties": {"path": "/"}}}
		with data.meshclaw.parameters as parameters
}

test_denies_when_the_path_is_not_known if {
	count(protected_path.deny) == 1 with input as {"action": {"class": "write", "properties": {}}}
		with data.meshclaw.parameters as parameters
}

test_denies_when_the_class_is_not_known if {
	count(protected_path.deny) == 1 with input as {"action": {"properties": {"path": "/"}}}
		with data.meshclaw.parameters as parameters
}

test_denies_when_the_parameters_are_missing if {
	count(protected_path.deny) == 1 with input as asked("/srv/app") with data.meshclaw.parameters as {}
}

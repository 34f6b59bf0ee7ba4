package meshclaw.guards.file.secret_read_test

import data.meshclaw.guards.file.secret_read

parameters := {"secret_parts": ["/etc/shadow", "/.ssh/id_", "/etc/ssl/private/"]}

asked(name, path) := {"action": {"name": name, "class": "read", "properties": {"path": path}}}

test_denies_reading_secrets if {
	every path in ["/etc/shadow", "/root/.ssh/id_ed25519", "/etc/ssl/private", "/srv/../etc/shadow", "etc/hostname"] {
		count(secret_read.deny) == 1 with input as asked("file.read", path) with data.meshclaw.parameters as parameters
	}
}

test_is_silent_for_metadata_and_other_files if {
	every request in [asked("file.stat", "/etc/shadow"), asked("file.chmod", "/etc/shadow"), asked("file.chown", "/etc/shadow"), asked("file.read", "/etc/hostname")] {
		count(secret_read.deny) == 0 with input as request with data.meshclaw.parameters as parameters
	}
}

test_is_silent_for_a_question_in_general if {
	count(secret_read.deny) == 0 with data.meshclaw.parameters as parameters
		with input as {"action": {"name": "file.read", "properties": {}}, "context": {"mode": "check"}}
}

test_denies_when_path_name_or_parameters_are_missing if {
	every request in [
		{"action": {"name": "file.read", "properties": {}}},
		{"action": {"properties": {"path": "/etc/shadow"}}},
	] {
		count(secret_read.deny) == 1 with input as request with data.meshclaw.parameters as parameters
	}
	count(secret_read.deny) == 1 with input as asked("file.read", "/etc/hostname") with data.meshclaw.parameters as {}
}

package meshclaw.guards.file.own_files_test

import data.meshclaw.guards.file.own_files

parameters := {"own_parts": ["/.meshclaw/", "/etc/meshclaw/"]}

asked(path) := {"action": {"class": "write", "properties": {"path": path}}}

test_denies_own_files if {
	every path in ["/home/dana/.meshclaw", "/root/.meshclaw/ledger.db", "/etc/meshclaw/meshclaw.yaml"] {
		count(own_files.deny) == 1 with input as asked(path) with data.meshclaw.parameters as parameters
	}
}

test_is_silent_for_a_question_in_general if {
	count(own_files.deny) == 0 with data.meshclaw.parameters as parameters
		with input as {"action": {"class": "write", "properties": {}}, "context": {"mode": "check"}}
}

test_is_silent_elsewhere if {
	count(own_files.deny) == 0 with input as asked("/srv/meshclaw/app") with data.meshclaw.parameters as parameters
}

test_is_silent_for_reads if {
	count(own_files.deny) == 0 with input as {"action": {"class": "read", "properties": {"path": "/root/.meshclaw"}}}
		with data.meshclaw.parameters as parameters
}

test_denies_when_path_class_or_parameters_are_missing if {
	count(own_files.deny) == 1 with input as {"action": {"class": "write"}} with data.meshclaw.parameters as parameters
	count(own_files.deny) == 1 with input as {"action": {"properties": {"path": "/root/.meshclaw"}}}
		with data.meshclaw.parameters as parameters
	count(own_files.deny) == 1 with input as asked("/srv/app") with data.meshclaw.parameters as {}
}

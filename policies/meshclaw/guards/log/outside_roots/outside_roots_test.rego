package meshclaw.guards.log.outside_roots_test

import data.meshclaw.guards.log.outside_roots

parameters := {"log_read_roots": ["/var/log"], "secret_parts": ["/private/"]}

asked(name, path) := {"action": {"name": name, "properties": {"path": path}}, "context": {"mode": "execute"}}

test_asks_outside_of_the_roots if {
	every path in ["/srv/app/app.log", "/srv/private.log", "/var/logs/x", "/var/log"] {
		count(outside_roots.approval_required) == 1 with input as asked("log.file", path)
			with data.meshclaw.parameters as parameters
		count(outside_roots.deny) == 0 with input as asked("log.file", path) with data.meshclaw.parameters as parameters
	}
}

test_denies_secrets_and_other_spellings if {
	every path in ["/var/log/private/x", "/var/log/private", "/var/log/../../etc/shadow", "var/log/x"] {
		count(outside_roots.deny) == 1 with input as asked("log.file", path) with data.meshclaw.parameters as parameters
	}
}

test_is_silent_for_logs_journals_and_questions if {
	every request in [
		asked("log.file", "/var/log/syslog"),
		{"action": {"name": "log.container", "properties": {}}},
		{"action": {"name": "log.journal", "properties": {}}},
		{"action": {"name": "log.kernel", "properties": {}}},
		{"action": {"name": "log.vacuum-journal", "properties": {}}},
		{"action": {"name": "log.file", "properties": {}}, "context": {"mode": "check"}},
	] {
		count(outside_roots.deny | outside_roots.approval_required) == 0 with input as request
			with data.meshclaw.parameters as parameters
	}
}

test_denies_when_name_path_or_parameters_are_missing if {
	every request in [{"action": {"name": "log.file", "properties": {}}}, {"action": {"properties": {"path": "log"}}}] {
		count(outside_roots.deny) == 1 with input as request with data.meshclaw.parameters as parameters
	}
	count(outside_roots.deny) == 1 with input as asked("log.file", "/var/log/syslog") with data.meshclaw.parameters as {}
	count(outside_roots.approval_required) == 1 with input as asked("log.file", "/var/log/syslog")
		with data.meshclaw.parameters as {"secret_parts": []}
}

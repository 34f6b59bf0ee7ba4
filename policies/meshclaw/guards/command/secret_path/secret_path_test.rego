package meshclaw.guards.command.secret_path_test

import data.meshclaw.guards.command.secret_path

parameters := {"secret_parts": ["/etc/shadow", "/.ssh/id_"]}

asked(argv) := {"action": {"name": "command.run", "argv": argv}}

test_denies_a_named_secret if {
	every argv in [["cat", "/etc/shadow"], ["sh", "-c", "cat /root/.ssh/id_ed25519"]] {
		some r in secret_path.deny with input as asked(argv) with data.meshclaw.parameters as parameters
		r.rule == "command.secret_path"
	}
}

test_is_silent_for_other_files if {
	count(secret_path.deny) == 0 with input as asked(["cat", "/etc/hostname"]) with data.meshclaw.parameters as parameters
}

test_still_denies_when_the_name_is_missing if {
	count(secret_path.deny) == 1 with input as {"action": {"argv": ["cat", "/etc/shadow"]}}
		with data.meshclaw.parameters as parameters
}

package meshclaw.guards.command.own_approval_test

import data.meshclaw.guards.command.own_approval

asked(argv) := {"action": {"argv": argv}}

test_denies_approving_oneself if {
	every argv in [
		["meshclaw", "approvals", "grant", "appr-1"],
		["sh", "-c", "/usr/bin/meshclaw unfreeze"],
		["npx", "meshclaw", "approvers", "add", "x", "k.pub"],
	] {
		count(own_approval.deny) == 1 with input as asked(argv)
	}
}

test_is_silent_for_other_commands if {
	every argv in [["meshclaw", "list"], ["ls", "approvals"]] {
		count(own_approval.deny) == 0 with input as asked(argv)
	}
}

test_is_silent_without_words if {
	count(own_approval.deny) == 0 with input as {"action": {}}
}

test_denies_approving_oneself_in_whatever_quotes if {
	programs := [{"name": "meshclaw", "words": ["approvals", "grant"]}]
	count(own_approval.deny) == 1 with input as {"action": {
		"argv": ["sh", "-c", "mesh'claw' app''rovals grant"],
		"command": {"programs": programs},
	}}
}

package meshclaw.guards.command.secret_path_test

import data.meshclaw.guards.command.secret_path

asked(secrets, found) := {"action": {"name": "command.run", "argv": ["x"], "command": {
	"secrets": secrets,
	"programs": [{"effects": found}],
}}}

read(tree, marks) := {"kind": "read", "path": "/etc", "tree": tree, "marks": marks}

search := {"kind": "reveal", "target": "PRIVATE KEY", "tree": false, "marks": []}

test_denies_a_named_secret if {
	some r in secret_path.deny with input as asked(["/etc/shadow"], [])
	r.rule == "command.secret_path"
	r.facts["action.command.secrets"] == ["/etc/shadow"]
}

test_denies_a_whole_disk if {
	count(secret_path.deny) == 1 with input as asked([], [read(false, ["device"])])
}

test_denies_a_search_for_secrets_through_a_tree if {
	count(secret_path.deny) == 1 with input as asked([], [search, read(true, ["sensitive"])])
}

test_is_silent_for_other_files if {
	count(secret_path.deny) == 0 with input as asked([], [read(false, [])])
	count(secret_path.deny) == 0 with input as asked([], [search, read(true, [])])
	count(secret_path.deny) == 0 with input as asked([], [search, read(false, ["sensitive"])])
	count(secret_path.deny) == 0 with input as {"action": {}}
}

test_still_denies_when_the_name_is_missing if {
	count(secret_path.deny) == 1 with input as {"action": {"command": {"secrets": ["/etc/shadow"]}}}
}

test_denies_sending_a_disk_and_searching_secret_trees if {
	sent := {"kind": "send", "path": "/dev/sda", "tree": false, "marks": ["device"]}
	count(secret_path.deny) == 1 with input as asked([], [sent])
	count(secret_path.deny) == 1 with input as asked([], [search, read(true, ["secret"])])
}

test_is_silent_for_a_tree_that_is_only_read_or_listed if {
	count(secret_path.deny) == 0 with input as asked([], [read(true, ["sensitive"])])
	listed := object.union(read(true, ["sensitive"]), {"kind": "list"})
	count(secret_path.deny) == 0 with input as asked([], [search, listed])
}

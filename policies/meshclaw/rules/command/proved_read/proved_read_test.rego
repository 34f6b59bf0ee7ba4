package meshclaw.rules.command.proved_read_test

import data.meshclaw.rules.command.proved_read

command := {
	"dynamic": [],
	"obscured": [],
	"environment": [],
	"secrets": [],
	"reads": ["/etc/hosts"],
	"programs": [{"name": "cat", "effects": [], "unknown": []}],
}

asked(class, facts) := {"action": {"class": class, "command": facts}}

test_answers_a_read_that_is_known_whole if {
	some r in proved_read.read_state with input as asked("read", command)
	r.rule == "command.proved_read"
	r.facts["action.command.reads"] == ["/etc/hosts"]
}

test_is_silent_for_other_classes_and_for_secrets if {
	count(proved_read.read_state) == 0 with input as asked("write", command)
	count(proved_read.read_state) == 0 with input as asked("read", object.union(command, {"secrets": ["/x"]}))
}

test_is_silent_when_a_fact_is_missing if {
	every field in ["dynamic", "obscured", "environment", "secrets", "programs"] {
		count(proved_read.read_state) == 0 with input as asked("read", object.remove(command, [field]))
	}
	count(proved_read.read_state) == 0 with input as {"action": {"command": command}}
}

package meshclaw.guards.command.unproved_test

import data.meshclaw.guards.command.unproved

command(found) := {
	"dynamic": [],
	"obscured": [],
	"environment": [],
	"secrets": [],
	"catastrophic": [],
	"programs": [{"name": "x", "effects": found, "unknown": []}],
}

effect(kind, marks) := {"kind": kind, "path": "/x", "marks": marks}

asked(class, facts) := {"action": {"class": class, "argv": ["x"], "properties": {"argv": ["x"]}, "command": facts}}

test_is_silent_for_a_proved_read if {
	count(unproved.approval_required) == 0 with input as asked("read", command([effect("read", [])]))
	count(unproved.approval_required) == 0 with input as asked("read", command([effect("list", ["secret"])]))
	count(unproved.approval_required) == 0 with input as asked("read", command([]))
}

test_asks_when_a_read_is_not_proved if {
	every facts in [
		command([effect("write", [])]),
		command([effect("read", ["secret"])]),
		command([effect("list", ["link"])]),
		object.union(command([]), {"dynamic": ["variable"]}),
		object.union(command([]), {"secrets": ["/etc/shadow"]}),
		object.union(command([]), {"catastrophic": ["delete /"]}),
	] {
		some r in unproved.approval_required with input as asked("read", facts)
		r.rule == "command.unproved"
	}
}

test_is_silent_for_other_classes if {
	every class in ["write", "destructive", "secret"] {
		count(unproved.approval_required) == 0 with input as asked(class, command([effect("write", [])]))
	}
}

test_still_asks_when_a_fact_is_missing if {
	every field in ["dynamic", "obscured", "environment", "secrets", "catastrophic", "programs"] {
		facts := object.remove(command([]), [field])
		count(unproved.approval_required) == 1 with input as asked("read", facts)
	}
	count(unproved.approval_required) == 1 with input as {}
}

test_asks_about_every_mark_of_what_is_read_or_looked_up if {
	every kind in ["read", "lookup"] {
		every mark in ["secret", "sensitive", "device", "link", "metadata"] {
			count(unproved.approval_required) == 1 with input as asked("read", command([effect(kind, [mark])]))
		}
		count(unproved.approval_required) == 0 with input as asked("read", command([effect(kind, ["log"])]))
	}
}

test_is_silent_for_a_question_in_general if {
	count(unproved.approval_required) == 0 with input as {"action": {"properties": {}}, "context": {"mode": "check"}}
	count(unproved.approval_required) == 1 with input as {"action": {"properties": {}}, "context": {"mode": "execute"}}
}

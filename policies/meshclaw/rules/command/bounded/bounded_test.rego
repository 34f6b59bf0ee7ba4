package meshclaw.rules.command.bounded_test

import data.meshclaw.rules.command.bounded

command(words, found) := {
	"dynamic": [],
	"obscured": [],
	"environment": [],
	"programs": [{"name": "x", "words": words, "effects": found, "unknown": []}],
}

tidy := {"kind": "tidy", "target": "apt-get clean", "tree": false, "marks": []}

harden(path, tree, marks) := {"kind": "harden", "path": path, "tree": tree, "marks": marks}

asked(facts) := {"action": {"class": "write", "argv": ["x"], "command": facts}}

parameters := {"protected_paths": ["/etc/shadow"]}

test_answers_bounded_housekeeping if {
	every call in [
		[["clean"], [tidy]],
		[["600", "/srv/.env"], [harden("/srv/.env", false, ["secret"])]],
		[["700", "/root/.ssh"], [harden("/root/.ssh", false, ["sensitive"])]],
		[["o-w", "/srv/a"], [harden("/srv/a", false, [])]],
		[["clean"], [tidy, {"kind": "list", "path": "/x", "tree": false, "marks": []}]],
	] {
		some r in bounded.auto_safe with input as asked(command(call[0], call[1])) with data.meshclaw.parameters as parameters
		r.rule == "command.bounded"
	}
}

test_is_silent_for_anything_else if {
	every call in [
		[["x"], []],
		[["x"], [tidy, {"kind": "write", "path": "/x", "tree": false, "marks": []}]],
		[["600", "/srv/a"], [harden("/srv/a", false, [])]],
		[["600", "/srv"], [harden("/srv", true, ["secret"])]],
		[["600", "/srv/*.env"], [harden("/srv/*.env", false, ["secret"])]],
		[["600", "/srv/?.env"], [harden("/srv/?.env", false, ["secret"])]],
		[["600", "/etc/shadow"], [harden("/etc/shadow", false, ["secret", "protected"])]],
		[["o-w", "/etc"], [harden("/etc", false, ["protected"])]],
		[["clean"], [tidy, {"kind": "read", "path": "/x", "tree": false, "marks": ["secret"]}]],
	] {
		count(bounded.auto_safe) == 0 with input as asked(command(call[0], call[1])) with data.meshclaw.parameters as parameters
	}
}

test_is_silent_when_a_fact_is_missing if {
	every field in ["dynamic", "obscured", "environment", "programs"] {
		facts := object.remove(command(["clean"], [tidy]), [field])
		count(bounded.auto_safe) == 0 with input as asked(facts) with data.meshclaw.parameters as parameters
	}
	count(bounded.auto_safe) == 0 with input as {"action": {"command": command(["clean"], [tidy])}}
}

read(kind, marks) := {"kind": kind, "path": "/x", "tree": false, "marks": marks}

test_answers_each_way_of_taking_the_write_permission if {
	every mode in ["g-w", "o-w", "go-w", "og-w"] {
		count(bounded.auto_safe) == 1 with data.meshclaw.parameters as parameters
			with input as asked(command([mode, "/srv/a"], [harden("/srv/a", false, [])]))
	}
	every kind in ["read", "list"] {
		count(bounded.auto_safe) == 1 with input as asked(command(["clean"], [tidy, read(kind, [])]))
			with data.meshclaw.parameters as parameters
	}
}

test_is_silent_for_every_mark_that_is_no_housekeeping if {
	every mark in ["secret", "sensitive", "device", "link"] {
		count(bounded.auto_safe) == 0 with input as asked(command(["clean"], [tidy, read("read", [mark])]))
			with data.meshclaw.parameters as parameters
	}
	every mark in ["protected", "tree", "own", "device", "link"] {
		count(bounded.auto_safe) == 0 with data.meshclaw.parameters as parameters
			with input as asked(command(["o-w", "/srv/a"], [harden("/srv/a", false, [mark])]))
	}
}

test_is_silent_for_other_changes_in_the_words_of_a_hardening if {
	count(bounded.auto_safe) == 0 with input as asked(command(["o-w", "/x"], [tidy, read("write", [])]))
		with data.meshclaw.parameters as parameters
	count(bounded.auto_safe) == 0 with data.meshclaw.parameters as parameters
		with input as asked(command(["o-w", "/srv"], [harden("/srv", true, [])]))
}

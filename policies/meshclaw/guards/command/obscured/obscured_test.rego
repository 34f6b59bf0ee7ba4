package meshclaw.guards.command.obscured_test

import data.meshclaw.guards.command.obscured

asked(found, kinds) := {"action": {"argv": ["x"], "command": {
	"obscured": found,
	"programs": [{"effects": [{"kind": kind, "marks": []} | some kind in kinds]}],
}}}

test_denies_words_that_are_not_written_out if {
	some r in obscured.deny with input as asked(["a command word that is not written out"], [])
	r.rule == "command.obscured"
}

test_denies_code_that_is_made_at_run_time if {
	every kind in ["obscure", "run_generated"] {
		count(obscured.deny) == 1 with input as asked([], [kind])
	}
}

test_is_silent_for_what_is_written_out if {
	count(obscured.deny) == 0 with input as asked([], ["run_code", "execute"])
	count(obscured.deny) == 0 with input as {"action": {}}
}

test_still_denies_without_words if {
	count(obscured.deny) == 1 with input as {"action": {"command": {"obscured": ["x"]}}}
}

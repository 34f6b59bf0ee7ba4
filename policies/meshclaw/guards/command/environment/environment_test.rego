package meshclaw.guards.command.environment_test

import data.meshclaw.guards.command.environment

asked(kind, found) := {"action": {"argv": ["x"], "command": {
	"environment": [{"name": "PATH", "value": "/tmp", "kind": kind}],
	"programs": [{"effects": found}],
}}}

test_denies_a_variable_that_programs_obey if {
	some r in environment.deny with input as asked("hook", [])
	r.rule == "command.environment"
	r.facts.variables == {"PATH"}
}

test_denies_a_hook_by_a_program if {
	count(environment.deny) == 1 with input as asked("harmless", [{"kind": "hook", "target": "ls=rm", "marks": []}])
}

test_is_silent_for_other_variables if {
	count(environment.deny) == 0 with input as asked("harmless", [])
	count(environment.deny) == 0 with input as asked("other", [])
	count(environment.deny) == 0 with input as {"action": {}}
}

test_still_denies_without_words if {
	count(environment.deny) == 1 with input as {"action": {"command": {"environment": [{"name": "A", "kind": "hook"}]}}}
}

package meshclaw.guards.command.network_shell_test

import data.meshclaw.guards.command.network_shell

effect(kind, marks) := {"kind": kind, "path": "/x", "via": "x", "tree": false, "marks": marks}

asked(effects) := {"action": {"argv": ["x"], "command": {"programs": [{"name": "x", "effects": effects}]}}}

test_denies if {
	every found in [
		[effect("socket", [])],
	] {
		some r in network_shell.deny with input as asked(found)
		r.rule == "command.network_shell"
		r.facts.effects != set()
	}
}

test_is_silent_for_other_effects if {
	every found in [
		[],
		[effect("connect", [])],
		[effect("run_code", [])],
	] {
		count(network_shell.deny) == 0 with input as asked(found)
	}
}

test_is_silent_without_facts if {
	count(network_shell.deny) == 0 with input as {"action": {}}
}

test_still_denies_without_words_and_names if {
	every found in [
		[effect("socket", [])],
	] {
		count(network_shell.deny) == 1 with input as {"action": {"command": {"programs": [{"effects": found}]}}}
	}
}

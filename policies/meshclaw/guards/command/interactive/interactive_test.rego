package meshclaw.guards.command.interactive_test

import data.meshclaw.guards.command.interactive

effect(kind, marks) := {"kind": kind, "path": "/x", "via": "x", "tree": false, "marks": marks}

asked(effects) := {"action": {"argv": ["x"], "command": {"programs": [{"name": "x", "effects": effects}]}}}

test_denies if {
	every found in [
		[effect("interactive", [])],
	] {
		some r in interactive.deny with input as asked(found)
		r.rule == "command.interactive"
		r.facts.effects != set()
	}
}

test_is_silent_for_other_effects if {
	every found in [
		[],
		[effect("wait", [])],
	] {
		count(interactive.deny) == 0 with input as asked(found)
	}
}

test_is_silent_without_facts if {
	count(interactive.deny) == 0 with input as {"action": {}}
}

test_still_denies_without_words_and_names if {
	every found in [
		[effect("interactive", [])],
	] {
		count(interactive.deny) == 1 with input as {"action": {"command": {"programs": [{"effects": found}]}}}
	}
}

package meshclaw.guards.command.unparsed_test

import data.meshclaw.guards.command.unparsed

test_denies_what_could_not_be_read if {
	some r in unparsed.deny with input as {"action": {"argv": ["sh", "-c", "x"], "command": {"unparsed": "empty"}}}
	r.rule == "command.unparsed"
	r.facts["action.command.unparsed"] == "empty"
}

test_is_silent_for_what_was_read if {
	count(unparsed.deny) == 0 with input as {"action": {"command": {"programs": []}}}
	count(unparsed.deny) == 0 with input as {"action": {}}
}

test_still_denies_without_words if {
	count(unparsed.deny) == 1 with input as {"action": {"command": {"unparsed": ""}}}
}

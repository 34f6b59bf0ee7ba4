package meshclaw.rules.file.no_world_write_test

import data.meshclaw.rules.file.no_world_write

asked(mode) := {"action": {"name": "file.chmod", "properties": {"mode": mode}}}

test_denies_write_for_others if {
	every mode in ["777", "0666", "0602", "003"] {
		count(no_world_write.deny) == 1 with input as asked(mode)
	}
}

test_is_silent_for_other_modes_and_operations if {
	every mode in ["0640", "755", "0600", "0711"] {
		count(no_world_write.deny) == 0 with input as asked(mode)
	}
	count(no_world_write.deny) == 0 with input as {"action": {"name": "file.stat"}}
}

test_denies_when_the_mode_is_missing_or_empty if {
	count(no_world_write.deny) == 1 with input as {"action": {"name": "file.chmod", "properties": {}}}
	count(no_world_write.deny) == 1 with input as asked("")
}

test_is_silent_for_a_question_in_general if {
	request := {"action": {"name": "file.chmod", "properties": {}}, "context": {"mode": "check"}}
	count(no_world_write.deny) == 0 with input as request
}

test_is_silent_for_every_digit_without_write if {
	every digit in ["0", "1", "4", "5"] {
		count(no_world_write.deny) == 0 with input as {
			"action": {"name": "file.chmod", "properties": {"mode": concat("", ["64", digit])}},
			"context": {"mode": "execute"},
		}
	}
}

package meshclaw.rules.file.no_setuid_test

import data.meshclaw.rules.file.no_setuid

asked(mode) := {"action": {"name": "file.chmod", "properties": {"mode": mode}}, "context": {"mode": "execute"}}

test_denies_setuid if {
	every mode in ["4755", "5750", "6755", "7777", "u+s", "+4x", "x755", "04755", "14755"] {
		count(no_setuid.deny) == 1 with input as asked(mode)
	}
}

test_is_silent_for_other_modes_other_operations_and_questions if {
	every mode in ["755", "075", "175", "275", "375", "400", "555", "600", "0640", "1777", "2775", "3770"] {
		count(no_setuid.deny) == 0 with input as asked(mode)
	}
	count(no_setuid.deny) == 0 with input as {"action": {"name": "file.stat", "properties": {"mode": "4755"}}}
	count(no_setuid.deny) == 0 with input as {"action": {"name": "file.chmod", "properties": {}}, "context": {"mode": "check"}}
}

test_denies_when_the_mode_is_missing if {
	count(no_setuid.deny) == 1 with input as {"action": {"name": "file.chmod", "properties": {}}}
}

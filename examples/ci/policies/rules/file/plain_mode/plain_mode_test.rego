package meshclaw.rules.file.plain_mode_test

import data.meshclaw.rules.file.plain_mode

chmod(properties) := {"action": {"name": "file.chmod", "class": "write", "properties": properties}}

test_denies_every_other_bit if {
	every mode in ["4755", "2755", "1777", "7000"] {
		count(plain_mode.deny) == 1 with input as chmod({"mode": mode})
	}
}

test_is_silent_for_plain_modes_and_other_operations if {
	every mode in ["640", "0640", "0755"] {
		count(plain_mode.deny) == 0 with input as chmod({"mode": mode})
	}
	count(plain_mode.deny) == 0 with input as {"action": {"name": "file.stat", "properties": {}}}
	count(plain_mode.deny) == 0 with input as object.union(chmod({}), {"context": {"mode": "check"}})
}

test_denies_when_the_mode_is_missing_or_no_mode if {
	every properties in [{}, {"mode": ""}, {"mode": "64"}, {"mode": "00755"}] {
		count(plain_mode.deny) == 1 with input as chmod(properties)
	}
}

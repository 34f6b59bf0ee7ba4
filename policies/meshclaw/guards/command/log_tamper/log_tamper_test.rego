package meshclaw.guards.command.log_tamper_test

import data.meshclaw.guards.command.log_tamper

effect(kind, marks) := {"kind": kind, "path": "/x", "via": "x", "tree": false, "marks": marks}

asked(effects) := {"action": {"argv": ["x"], "command": {"programs": [{"name": "x", "effects": effects}]}}}

test_denies if {
	every found in [
		[effect("delete", ["log"])],
		[effect("truncate", ["log"])],
		[effect("tamper", [])],
	] {
		some r in log_tamper.deny with input as asked(found)
		r.rule == "command.log_tamper"
		r.facts.effects != set()
	}
}

test_is_silent_for_other_effects if {
	every found in [
		[],
		[effect("read", ["log"])],
		[effect("delete", [])],
		[effect("tidy", [])],
	] {
		count(log_tamper.deny) == 0 with input as asked(found)
	}
}

test_is_silent_without_facts if {
	count(log_tamper.deny) == 0 with input as {"action": {}}
}

test_still_denies_without_words_and_names if {
	every found in [
		[effect("delete", ["log"])],
		[effect("truncate", ["log"])],
		[effect("tamper", [])],
	] {
		count(log_tamper.deny) == 1 with input as {"action": {"command": {"programs": [{"effects": found}]}}}
	}
}

test_denies_stopping_what_keeps_logs if {
	stopped := {"name": "systemctl", "words": ["mask", "--now", "rsyslog.service"], "effects": []}
	signalled := {"name": "pkill", "words": ["auditd"], "effects": [{"kind": "signal", "target": "auditd", "marks": []}]}
	every program in [stopped, signalled] {
		count(log_tamper.deny) == 1 with input as {"action": {"command": {"programs": [program]}}}
			with data.meshclaw.parameters.log_units as ["rsyslog", "auditd"]
	}
}

test_is_silent_for_looking_at_what_keeps_logs if {
	looked := {"name": "systemctl", "words": ["status", "rsyslog"], "effects": []}
	other := {"name": "systemctl", "words": ["stop", "nginx"], "effects": []}
	every program in [looked, other] {
		count(log_tamper.deny) == 0 with input as {"action": {"command": {"programs": [program]}}}
			with data.meshclaw.parameters.log_units as ["rsyslog"]
	}
}

test_denies_forgetting_what_was_typed if {
	effects := [{"kind": "delete", "path": "/~/.bash_history", "marks": ["sensitive"]}]
	count(log_tamper.deny) == 1 with input as {"action": {"command": {"programs": [{"effects": effects}]}}}
}

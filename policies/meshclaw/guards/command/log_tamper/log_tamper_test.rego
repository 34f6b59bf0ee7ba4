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

test_denies_every_way_of_changing_logs_and_histories if {
	every kind in ["write", "truncate", "delete", "alter"] {
		count(log_tamper.deny) == 1 with input as asked([effect(kind, ["log"])])
		count(log_tamper.deny) == 1 with input as asked([object.union(
			effect(kind, ["sensitive"]),
			{"path": "/root/.bash_history"},
		)])
		count(log_tamper.deny) == 0 with input as asked([effect(kind, ["sensitive"])])
	}
}

parameters := {"log_units": ["rsyslog", "audit"]}

on(kind, target) := {"kind": kind, "target": target, "via": "x", "tree": false, "marks": []}

test_denies_silencing_what_keeps_logs if {
	every kind in ["signal", "change"] {
		every target in ["rsyslog", "auditd", "rsyslog.service", "rsyslog.socket"] {
			count(log_tamper.deny) == 1 with input as asked([on(kind, target)]) with data.meshclaw.parameters as parameters
		}
		every target in ["nginx", "rsyslog.conf", "service.rsyslog"] {
			count(log_tamper.deny) == 0 with input as asked([on(kind, target)]) with data.meshclaw.parameters as parameters
		}
	}
	count(log_tamper.deny) == 0 with input as asked([on("read", "rsyslog")]) with data.meshclaw.parameters as parameters
}

called(name, words) := {"action": {"command": {"programs": [{"name": name, "words": words, "effects": []}]}}}

test_denies_every_verb_that_silences_it if {
	every name in ["systemctl", "service", "rc-service"] {
		every verb in ["stop", "disable", "mask", "kill", "freeze", "restart", "edit", "clean"] {
			some r in log_tamper.deny with input as called(name, [verb, "rsyslog"]) with data.meshclaw.parameters as parameters
			r.facts.effects == {{"name": name, "words": [verb, "rsyslog"]}}
		}
	}
}

test_is_silent_for_other_programs_verbs_and_units if {
	every request in [
		called("echo", ["stop", "rsyslog"]),
		called("systemctl", ["status", "rsyslog"]),
		called("systemctl", ["stop", "nginx"]),
	] {
		count(log_tamper.deny) == 0 with input as request with data.meshclaw.parameters as parameters
	}
}

package meshclaw.guards.command.protected_path_test

import data.meshclaw.guards.command.protected_path

effect(kind, marks) := {"kind": kind, "path": "/x", "via": "x", "tree": false, "marks": marks}

asked(effects) := {"action": {"argv": ["x"], "command": {"programs": [{"name": "x", "effects": effects}]}}}

test_denies if {
	every found in [
		[effect("write", ["protected"])],
		[effect("delete", ["protected"])],
		[effect("alter", ["protected"])],
		[effect("truncate", ["autostart"])],
		[effect("use", ["own"])],
		[effect("delete", ["own"])],
	] {
		some r in protected_path.deny with input as asked(found)
		r.rule == "command.protected_path"
		r.facts.effects != set()
	}
}

test_is_silent_for_other_effects if {
	every found in [
		[],
		[effect("read", ["protected"])],
		[effect("delete", ["autostart"])],
		[effect("harden", ["protected", "secret"])],
		[effect("write", ["log"])],
	] {
		count(protected_path.deny) == 0 with input as asked(found)
	}
}

test_is_silent_without_facts if {
	count(protected_path.deny) == 0 with input as {"action": {}}
}

test_still_denies_without_words_and_names if {
	every found in [
		[effect("write", ["protected"])],
		[effect("delete", ["protected"])],
		[effect("alter", ["protected"])],
		[effect("truncate", ["autostart"])],
		[effect("use", ["own"])],
		[effect("delete", ["own"])],
	] {
		count(protected_path.deny) == 1 with input as {"action": {"command": {"programs": [{"effects": found}]}}}
	}
}

test_denies_every_change if {
	every kind in ["write", "truncate", "delete", "alter"] {
		count(protected_path.deny) == 1 with input as asked([effect(kind, ["protected"])])
	}
	every kind in ["write", "truncate", "alter"] {
		count(protected_path.deny) == 1 with input as asked([effect(kind, ["autostart"])])
	}
	every kind in ["write", "truncate", "delete", "alter", "use", "harden"] {
		count(protected_path.deny) == 1 with input as asked([effect(kind, ["own"])])
	}
}

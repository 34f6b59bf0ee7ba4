package meshclaw.guards.command.catastrophic_test

import data.meshclaw.guards.command.catastrophic

parameters := {"catastrophic_programs": ["mkfs", "wipefs", "zpool"]}

program(name, words, kinds, unknown) := {
	"name": name,
	"words": words,
	"effects": [{"kind": kind} | some kind in kinds],
	"unknown": unknown,
}

asked(found, programs) := {"action": {"argv": ["x"], "command": {"catastrophic": found, "programs": programs}}}

test_denies_what_the_facts_call_catastrophic if {
	some r in catastrophic.deny with input as asked(["delete /"], []) with data.meshclaw.parameters as parameters
	r.rule == "command.catastrophic"
	r.facts["action.command.catastrophic"] == ["delete /"]
}

test_denies_programs_that_wipe if {
	every p in [
		program("mkfs.ext4", ["/dev/sdb"], ["format"], []),
		program("zpool", ["clear"], ["change"], []),
		program("wipefs", ["-n"], [], ["option -n"]),
	] {
		count(catastrophic.deny) == 1 with input as asked([], [p]) with data.meshclaw.parameters as parameters
	}
}

test_denies_them_in_the_words_of_an_unknown_program if {
	p := program("strange", ["--", "/usr/sbin/mkfs.xfs", "/dev/sdb"], [], ["no model of this program"])
	count(catastrophic.deny) == 1 with input as asked([], [p]) with data.meshclaw.parameters as parameters
}

test_is_silent_for_ordinary_commands if {
	every p in [
		program("zpool", ["status"], ["list"], []),
		program("rm", ["/srv/a"], ["delete"], []),
		program("grep", ["mkfs", "/srv/a"], ["read"], []),
		program("strange", ["zpools"], [], ["no model of this program"]),
	] {
		count(catastrophic.deny) == 0 with input as asked([], [p]) with data.meshclaw.parameters as parameters
	}
}

test_is_silent_without_facts if {
	count(catastrophic.deny) == 0 with input as {"action": {"class": "write"}} with data.meshclaw.parameters as parameters
}

test_still_denies_without_words_and_effects if {
	count(catastrophic.deny) == 1 with input as {"action": {"command": {"catastrophic": ["delete /"]}}}
		with data.meshclaw.parameters as parameters
	count(catastrophic.deny) == 1 with input as {"action": {"command": {"programs": [{"name": "mkfs"}]}}}
		with data.meshclaw.parameters as parameters
}

test_lets_them_read_as_well_as_list if {
	every kind in ["read", "list"] {
		count(catastrophic.deny) == 0 with input as asked([], [program("zpool", ["status"], [kind], [])])
			with data.meshclaw.parameters as parameters
	}
}

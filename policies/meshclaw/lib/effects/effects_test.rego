package meshclaw.lib.effects_test

import data.meshclaw.lib.effects

effect(kind, marks) := {"kind": kind, "path": "/srv/a", "via": "x", "tree": false, "marks": marks}

command(found) := {
	"dynamic": [],
	"obscured": [],
	"environment": [{"name": "TZ", "value": "UTC", "kind": "harmless"}],
	"programs": [{"name": "x", "words": [], "effects": found, "unknown": []}],
}

asked(facts) := {"action": {"command": facts}}

test_finds_effects_by_kind_and_mark if {
	found := [effect("read", ["secret"]), effect("read", []), effect("delete", ["log"])]
	effects.kinds == {"read", "delete"} with input as asked(command(found))
	count(effects.of({"read"})) == 2 with input as asked(command(found))
	count(effects.marked({"read"}, {"secret", "log"})) == 1 with input as asked(command(found))
}

test_knows_everything_only_when_nothing_is_open if {
	effects.everything_known with input as asked(command([]))
	every patch in [
		{"unparsed": "x"},
		{"dynamic": ["variable"]},
		{"obscured": ["x"]},
		{"programs": []},
		{"programs": [{"unknown": ["x"]}]},
		{"programs": [{}]},
		{"environment": [{"name": "A", "value": "", "kind": "other"}]},
	] {
		not effects.everything_known with input as asked(object.union(command([]), patch))
	}
}

test_knows_nothing_when_a_list_is_missing if {
	every field in ["dynamic", "obscured", "programs", "environment"] {
		not effects.everything_known with input as asked(object.remove(command([]), [field]))
	}
	not effects.everything_known with input as {}
}

test_names_few_of_many if {
	count(effects.few({n | some n in numbers.range(1, 20)})) == 8
}

test_marks_belong_to_the_wanted_kinds if {
	found := [effect("read", ["secret"]), effect("delete", ["log"])]
	effects.marked({"read"}, {"log"}) == set() with input as asked(command(found))
	effects.marked({"read"}, {"secret"}) == {effect("read", ["secret"])} with input as asked(command(found))
}

package meshclaw.lib.reason_test

import data.meshclaw.lib.reason

chain := [{"annotations": {
	"scope": "package",
	"title": "T",
	"custom": {"id": "a.b", "severity": "low", "message": "m", "remediation": "r"},
}}]

test_names_facts_by_path_and_missing_ones_as_null if {
	r := reason.because(chain, [["a", "b"], ["a", "c"]]) with input as {"a": {"b": 1}}
	r.rule == "a.b"
	r.facts == {"a.b": 1, "a.c": null}
}

test_adds_facts_that_were_found if {
	r := reason.about(chain, [["a", "b"]], {"found": ["x"]}) with input as {"a": {"b": 1}}
	r.facts == {"a.b": 1, "found": ["x"]}
}

enforced(word) := [{"annotations": object.union(chain[0].annotations, {"custom": {"enforcement": word}})}]

test_marks_a_rule_in_shadow_and_no_other if {
	reason.because(enforced("shadow"), []).shadow == true
	reason.about(enforced("shadow"), [], {}).shadow == true
	every word in ["hard", "Shadow", "", null] {
		not "shadow" in object.keys(reason.because(enforced(word), []))
	}
	not "shadow" in object.keys(reason.because(chain, []))
}

test_tells_the_texts_of_the_package_alone if {
	link := {"annotations": {"scope": "rule", "title": "Other", "custom": {}}}
	reason.because([link, chain[0]], []) == {
		"rule": "a.b",
		"title": "T",
		"severity": "low",
		"message": "m",
		"remediation": "r",
		"facts": {},
	}
	not reason.because([{"annotations": object.union(chain[0].annotations, {"scope": "rule"})}], [])
}

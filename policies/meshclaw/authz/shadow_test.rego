package meshclaw.authz.shadow_test

import data.meshclaw.authz
import data.meshclaw.authz_test

watched(effect) := {"file": {"x": {effect: {{"rule": "file.x", "shadow": true}}}}, "any": {}}

test_only_tells_what_a_rule_in_shadow_would_have_answered if {
	every effect in ["deny", "approval_required"] {
		d := authz.decision with input as authz_test.asked("file.stat", "read")
			with data.meshclaw.operations as authz_test.operations
			with data.meshclaw.parameters as authz_test.parameters
			with data.meshclaw.rules as watched(effect)
		d.effect == "read_state"
		d.would_have == {"effect": effect, "reasons": [{"rule": "file.x"}]}
		[r] := d.reasons
		r.rule == "authz.class_default"
	}
}

test_keeps_the_class_default_beside_a_rule_in_shadow if {
	d := authz.decision with input as authz_test.asked("file.chmod", "write")
		with data.meshclaw.operations as authz_test.operations
		with data.meshclaw.parameters as authz_test.parameters
		with data.meshclaw.rules as watched("approval_required")
	d.effect == "approval_required"
	{"authz.class_default"} == {r.rule | some r in d.reasons}
	d.would_have.effect == "approval_required"
}

test_tells_the_strictest_answer_as_what_would_have_been if {
	request := object.union(authz_test.asked("file.chmod", "write"), {"context": {"freeze": true}})
	d := authz.decision with input as request
		with data.meshclaw.operations as authz_test.operations
		with data.meshclaw.parameters as authz_test.parameters
		with data.meshclaw.rules as watched("approval_required")
	d.effect == "deny"
	d.would_have.effect == "deny"
}

test_enforces_what_only_looks_like_shadow if {
	every mark in [false, "true", 1, null] {
		d := authz.decision with input as authz_test.asked("file.stat", "read")
			with data.meshclaw.operations as authz_test.operations
			with data.meshclaw.parameters as authz_test.parameters
			with data.meshclaw.rules as {"file": {"x": {"deny": {{"rule": "file.x", "shadow": mark}}}}, "any": {}}
		d.effect == "deny"
		not d.would_have
	}
}

test_keeps_guards_and_loosening_rules_out_of_the_shadow if {
	guarded := authz.decision with input as authz_test.asked("file.stat", "read")
		with data.meshclaw.operations as authz_test.operations
		with data.meshclaw.parameters as authz_test.parameters
		with data.meshclaw.guards as watched("deny")
	guarded.effect == "deny"
}

test_has_no_would_have_without_a_rule_in_shadow if not authz_test.answer(authz_test.asked("file.stat", "read")).would_have

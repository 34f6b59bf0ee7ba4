package meshclaw.authz_test

import data.meshclaw.authz

operations := {
	"file.stat": {"class": "read"},
	"file.chmod": {"class": "write"},
	"file.delete": {"class": "destructive"},
	"command.run": {"class": "judged"},
}

parameters := {
	"approval_minimum": {"write": "signature", "destructive": "presence"},
	"four_eyes_classes": ["spend"],
	"changes_allowed": true,
	"changes_per_hour": 10,
	"changes_per_hour_of": {},
	"production_environments": ["production"],
	"unlabelled_is_ordinary": true,
	"spend_allowed": true,
	"always_asked": [],
	"attended_classes": [],
	"protected_mounts": [],
	"fact_age_seconds": 900,
	"protected_paths": [],
	"protected_roots": [],
	"protected_parts": [],
	"own_parts": [],
	"secret_parts": [],
}

asked(name, class) := {
	"request_id": "req-1",
	"subject": {"type": "agent", "id": "codex"},
	"action": {"name": name, "class": class, "properties": {"path": "/srv/a", "mode": "0640"}},
	"resource": {"type": "server", "id": "web1", "properties": {}, "facts": {}},
	"context": {"mode": "execute", "surface": "cli", "freeze": false, "exposed": false, "recent": {name: 0}},
}

answer(request) := d if {
	d := authz.decision with input as request
		with data.meshclaw.operations as operations
		with data.meshclaw.parameters as parameters
}

in_check(request) := object.union(request, {"context": object.union(request.context, {"mode": "check"})})

test_echoes_the_request_and_its_class if {
	d := answer(asked("file.stat", "read"))
	d.request_id == "req-1"
	d.class == "read"
}

test_answers_each_class_by_its_default if {
	answer(asked("file.stat", "read")).effect == "read_state"
	answer(asked("file.chmod", "write")).effect == "approval_required"
	answer(asked("file.delete", "destructive")).effect == "approval_required"
}

test_says_that_the_class_decided if {
	[r] := answer(asked("file.stat", "read")).reasons
	r.rule == "authz.class_default"
}

test_denies_unknown_operations_and_classes if {
	every request in [
		asked("file.smash", "read"),
		asked("file.stat", "write"),
		asked("file.stat", "harmless"),
		asked("command.run", "judged"),
		asked("command.run", "spend"),
		asked("class.read", "read"),
	] {
		answer(request).effect == "deny"
	}
}

test_answers_a_question_about_a_class_only_when_checking if {
	answer(in_check(asked("class.read", "read"))).effect == "read_state"
	answer(in_check(asked("class.spend", "spend"))).effect == "approval_required"
	answer(in_check(asked("class.read", "write"))).effect == "deny"
}

proved := {
	"dynamic": [],
	"obscured": [],
	"environment": [],
	"secrets": [],
	"catastrophic": [],
	"programs": [{"name": "uptime", "words": [], "effects": [], "unknown": []}],
}

with_facts(request, facts) := object.union(request, {"action": {"command": facts}})

test_takes_the_stated_class_of_a_judged_operation if {
	answer(asked("command.run", "write")).effect == "approval_required"
	answer(asked("command.run", "read")).effect == "approval_required"
	answer(with_facts(asked("command.run", "read"), proved)).effect == "read_state"
}

test_demands_no_look_afterwards_of_a_judged_operation if {
	tidy := {"kind": "tidy", "target": "x", "tree": false, "marks": []}
	program := {"name": "x", "words": [], "effects": [tidy], "unknown": []}
	facts := object.union(proved, {"programs": [program]})
	d := answer(with_facts(asked("command.run", "write"), facts))
	d.effect == "auto_safe"
	d.obligations == []
}

test_lets_a_rule_replace_the_class_default if {
	d := authz.decision with input as asked("file.chmod", "write")
		with data.meshclaw.operations as operations
		with data.meshclaw.parameters as parameters
		with data.meshclaw.rules as {"file": {"x": {"auto_safe": {{"rule": "file.x"}}}}, "any": {}}
	d.effect == "auto_safe"
	d.obligations == [{"id": "change.verify", "type": "verify", "parameters": {}}]
}

test_takes_every_effect_of_a_rule if {
	every effect in ["deny", "approval_required", "auto_safe", "read_state"] {
		d := authz.decision with input as asked("file.stat", "read")
			with data.meshclaw.operations as operations
			with data.meshclaw.parameters as parameters
			with data.meshclaw.rules as {"file": {"x": {effect: {{"rule": "file.x"}}}}, "any": {}}
		d.effect == effect
		d.reasons == [{"rule": "file.x"}]
	}
}

test_takes_every_effect_of_a_guard if {
	every effect in ["deny", "approval_required"] {
		d := authz.decision with input as asked("file.stat", "read")
			with data.meshclaw.operations as operations
			with data.meshclaw.parameters as parameters
			with data.meshclaw.guards as {"file": {"x": {effect: {{"rule": "file.x"}}}}, "any": {}}
		d.effect == effect
		d.reasons == [{"rule": "file.x"}]
	}
}

test_lets_no_rule_go_below_the_floor_of_a_class if {
	every request, effect in {"file.chmod": "auto_safe", "file.delete": "approval_required"} {
		d := authz.decision with input as asked(request, operations[request].class)
			with data.meshclaw.operations as operations
			with data.meshclaw.parameters as parameters
			with data.meshclaw.rules as {"file": {"x": {"read_state": {{"rule": "file.x"}}}}, "any": {}}
		d.effect == effect
		[r] := d.reasons
		r.rule == "authz.class_floor"
	}
}

test_lets_the_most_restrictive_answer_win if {
	request := object.union(asked("file.chmod", "write"), {"context": {"freeze": true}})
	d := answer(request)
	d.effect == "deny"
	"any.freeze" in {r.rule | some r in d.reasons}
	d.obligations == []
}

test_demands_the_method_of_the_class_and_the_strongest_for_an_unknown_one if {
	[o] := answer(asked("file.chmod", "write")).obligations
	o.parameters.minimum == "signature"
	some p in answer(in_check(asked("class.secret", "secret"))).obligations
	p.parameters.minimum == "presence"
}

bounded := object.union(parameters, {"bounded_grant_uses": 5, "unbounded_classes": ["destructive", "spend"]})

demanded(request, given) := p if {
	d := authz.decision with input as request
		with data.meshclaw.operations as operations
		with data.meshclaw.parameters as object.union(bounded, given)
	some o in d.obligations
	o.type == "approval_method"
	p := o.parameters
}

test_permits_a_bounded_grant_for_what_is_asked_by_class if {
	demanded(asked("file.chmod", "write"), {}) == {"minimum": "signature", "bounded_uses": 5}
}

test_permits_none_for_classes_that_are_named_production_words_and_where_there_are_no_uses if {
	alone := {"minimum": "signature"}
	demanded(asked("file.delete", "destructive"), {}) == {"minimum": "presence"}
	demanded(asked("file.chmod", "write"), {"unbounded_classes": ["write"]}) == alone
	demanded(asked("file.chmod", "write"), {"bounded_grant_uses": 0}) == alone
	production := {"resource": {"properties": {"environment": "production"}}}
	demanded(object.union(asked("file.chmod", "write"), production), {}) == alone
	demanded(asked("command.run", "write"), {}) == alone
}

test_permits_none_where_a_guard_asks if {
	d := authz.decision with input as asked("file.chmod", "write")
		with data.meshclaw.operations as operations
		with data.meshclaw.parameters as bounded
		with data.meshclaw.guards as {"file": {"x": {"approval_required": {{"rule": "file.x"}}}}, "any": {}}
	[o] := d.obligations
	o.parameters == {"minimum": "signature"}
}

test_permits_none_for_what_is_always_asked_and_one_where_a_guard_asks_about_the_server if {
	every name, uses in {"always_asked": 0, "autoheal": 5} {
		d := authz.decision with input as asked("file.chmod", "write")
			with data.meshclaw.operations as operations
			with data.meshclaw.parameters as bounded
			with data.meshclaw.guards as {"file": {}, "any": {name: {"approval_required": {{"rule": "any.x"}}}}}
		[o] := d.obligations
		object.get(o.parameters, "bounded_uses", 0) == uses
	}
}

test_demands_four_eyes_by_class_and_by_rule if {
	some o in answer(in_check(asked("class.spend", "spend"))).obligations
	o.type == "four_eyes"
	critical := object.union(asked("file.delete", "destructive"), {"resource": {"properties": {"criticality": "high"}}})
	some p in answer(critical).obligations
	p.type == "four_eyes"
}

about(rule, severity, message) := {
	"rule": rule,
	"title": "Authorization",
	"severity": severity,
	"message": message,
}

test_tells_the_default_the_floor_and_the_unmatched_in_words if {
	answer(asked("file.stat", "read")).reasons == [about(
		"authz.class_default",
		"info",
		"no rule matched; the class of the operation decides",
	)]
	about("authz.unmatched", "high", "no such operation or class is known") in answer(asked("no.such", "read")).reasons
	floored := authz.decision with input as asked("file.chmod", "write")
		with data.meshclaw.operations as operations
		with data.meshclaw.parameters as parameters
		with data.meshclaw.rules as {"file": {"x": {"read_state": {{"rule": "file.x"}}}}, "any": {}}
	floored.reasons == [about("authz.class_floor", "info", "this class is never answered more mildly")]
}

test_knows_each_class_of_a_judged_operation if {
	every class in ["destructive", "secret"] {
		answer(asked("command.run", class)).effect == "approval_required"
	}
}

test_knows_a_class_question_only_of_that_class if {
	request := object.union(in_check(asked("class.destructive", "x")), {"action": {"class": "unheard"}})
	answer(request).effect == "deny"
}

test_has_no_default_for_what_is_not_known if {
	{r.rule | some r in answer(asked("no.such", "read")).reasons} == {"authz.unmatched"}
	milder := authz.defaulted with input as asked("no.such", "read")
		with data.meshclaw.operations as operations
		with data.meshclaw.parameters as parameters
	milder == set()
}

test_has_a_floor_for_every_class if {
	authz.floor == {
		"read": "read_state",
		"write": "auto_safe",
		"destructive": "approval_required",
		"spend": "approval_required",
		"secret": "approval_required",
	}
}

test_answers_with_the_floor_only_where_nothing_else_says_so if {
	[r] := answer(in_check(asked("class.secret", "secret"))).reasons
	r.rule == "authz.class_default"
}

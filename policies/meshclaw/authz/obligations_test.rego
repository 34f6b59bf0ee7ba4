package meshclaw.authz.obligations_test

import data.meshclaw.authz
import data.meshclaw.authz_test

test_demands_in_words_that_the_engine_knows if {
	d := authz_test.answer(authz_test.in_check(authz_test.asked("class.spend", "spend")))
	d.obligations == [
		{"id": "approval.four_eyes", "type": "four_eyes", "parameters": {"signers": 2}},
		{"id": "approval.method", "type": "approval_method", "parameters": {"minimum": "presence"}},
	]
}

test_demands_nothing_of_what_is_denied_or_read if {
	denied := object.union(authz_test.in_check(authz_test.asked("class.spend", "spend")), {"context": {"freeze": true}})
	authz_test.answer(denied).obligations == []
	authz_test.answer(authz_test.asked("file.stat", "read")).obligations == []
	critical := {"resource": {"properties": {"criticality": "high"}}, "context": {"freeze": true}}
	authz_test.answer(object.union(authz_test.asked("file.delete", "destructive"), critical)).obligations == []
	tidy := authz.decision with input as authz_test.asked("file.stat", "read")
		with data.meshclaw.operations as authz_test.operations
		with data.meshclaw.parameters as authz_test.parameters
		with data.meshclaw.rules as {"file": {"x": {"auto_safe": {{"rule": "file.x"}}}}, "any": {}}
	tidy.effect == "auto_safe"
	tidy.obligations == []
}

test_takes_demands_of_the_rules_of_its_noun_alone if {
	demanding := {"x": {"approval_required": {{"rule": "x.x"}}, "obligation": {{"id": "x", "type": "x", "parameters": {}}}}}
	other := authz.decision with input as authz_test.asked("file.chmod", "write")
		with data.meshclaw.operations as authz_test.operations
		with data.meshclaw.parameters as authz_test.parameters
		with data.meshclaw.rules as {"disk": demanding, "any": {}}
	{o.id | some o in other.obligations} == {"approval.method"}
}

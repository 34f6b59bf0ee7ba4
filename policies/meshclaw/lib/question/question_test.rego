package meshclaw.lib.question_test

import data.meshclaw.lib.question

test_is_general_without_inputs_when_checking if {
	question.in_general with input as {"context": {"mode": "check"}, "action": {"properties": {}}}
}

test_is_about_a_call_otherwise if {
	every request in [
		{"context": {"mode": "check"}, "action": {"properties": {"path": "/"}}},
		{"context": {"mode": "execute"}, "action": {"properties": {}}},
		{"context": {"mode": "plan"}, "action": {"properties": {}}},
		{"context": {"mode": "check"}, "action": {}},
		{"context": {}, "action": {"properties": {}}},
	] {
		not question.in_general with input as request
	}
}

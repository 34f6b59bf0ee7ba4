package meshclaw.rules.sample_noun.sample_name_test

import data.meshclaw.rules.sample_noun.sample_name

asked(properties) := {"action": {"name": "sample_noun.sample_name_example", "properties": properties}}

test_asks_for_a_large_amount if {
	count(sample_name.approval_required) == 1 with input as asked({"amount": 10})
}

test_is_silent_for_a_small_amount_and_other_operations if {
	count(sample_name.approval_required) == 0 with input as asked({"amount": 9})
	count(sample_name.approval_required) == 0 with input as {"action": {"name": "sample_noun.other"}}
}

test_asks_when_the_amount_is_missing_or_no_number if {
	count(sample_name.approval_required) == 1 with input as asked({})
	count(sample_name.approval_required) == 1 with input as asked({"amount": "9"})
}

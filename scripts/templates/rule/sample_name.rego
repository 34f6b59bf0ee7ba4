# METADATA
# title: Sample name
# description: Until it is filled in, this rule answers for an operation that does not exist.
# custom:
#   id: sample_noun.sample_name
#   severity: medium
#   message: the amount is not known to be small
#   remediation: ask for less than 10
#   enforcement: hard
package meshclaw.rules.sample_noun.sample_name

import data.meshclaw.lib.reason

approval_required contains r if {
	input.action.name == "sample_noun.sample_name_example"
	not small_amount
	r := reason.because(rego.metadata.chain(), [["action", "properties", "amount"]])
}

small_amount if input.action.properties.amount < 10

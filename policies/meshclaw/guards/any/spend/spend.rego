# METADATA
# title: Spending
# description: Where the policy allows no spending, nothing that costs money is done, whoever would approve.
# custom:
#   id: any.spend
#   severity: high
#   message: this installation spends no money
#   remediation: rent it by hand, or leave spend_allowed as the base policy has it
#   enforcement: hard
package meshclaw.guards.any.spend

import data.meshclaw.lib.reason

deny contains r if {
	not free
	not spending
	r := reason.because(rego.metadata.chain(), [["action", "class"]])
}

free if input.action.class in {"read", "write", "destructive", "secret"}

spending if data.meshclaw.parameters.spend_allowed == true

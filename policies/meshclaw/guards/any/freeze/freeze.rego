# METADATA
# title: Freeze
# description: Under freeze everything but reading is denied, whoever asks.
# custom:
#   id: any.freeze
#   severity: high
#   message: everything but reading is frozen
#   remediation: wait until an approver lifts the freeze
#   enforcement: hard
package meshclaw.guards.any.freeze

import data.meshclaw.lib.reason

deny contains r if {
	not reading
	not thawed
	r := reason.because(rego.metadata.chain(), [["context", "freeze"], ["action", "class"]])
}

reading if input.action.class == "read"

thawed if input.context.freeze == false

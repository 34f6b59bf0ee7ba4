# METADATA
# title: Looking only
# description: Where the policy allows no changes at all, everything but reading is denied, whoever asks.
# custom:
#   id: any.read_only
#   severity: high
#   message: this installation only looks; its policy allows no changes
#   remediation: choose another pack in the configuration, as the owner of this installation
#   enforcement: hard
package meshclaw.guards.any.read_only

import data.meshclaw.lib.reason

deny contains r if {
	not reading
	not changing
	r := reason.because(rego.metadata.chain(), [["action", "class"]])
}

reading if input.action.class == "read"

changing if data.meshclaw.parameters.changes_allowed == true

# METADATA
# title: Always asked about
# description: Some operations need a person each time, whatever a rule of the owner says, because what they interrupt does not come back by itself.
# custom:
#   id: any.always_asked
#   severity: high
#   message: this operation needs a person each time
#   remediation: have it approved
#   enforcement: hard
package meshclaw.guards.any.always_asked

import data.meshclaw.lib.reason

approval_required contains r if {
	not reading
	not ordinary
	r := reason.because(rego.metadata.chain(), [["action", "name"]])
}

reading if input.action.class == "read"

ordinary if {
	is_string(input.action.name)
	every name in data.meshclaw.parameters.always_asked {
		name != input.action.name
	}
}

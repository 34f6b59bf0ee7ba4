# METADATA
# title: Exposed session
# description: After a session has read text that a server wrote, its commands need a person, whatever rules say.
# custom:
#   id: command.exposed
#   severity: medium
#   message: this session has read text from a server; a person has to look at its commands
#   remediation: have the command approved, or use a typed operation
#   enforcement: hard
package meshclaw.guards.command.exposed

import data.meshclaw.lib.reason

approval_required contains r if {
	not sheltered
	r := reason.because(rego.metadata.chain(), [["context", "exposed"]])
}

sheltered if input.context.exposed == false

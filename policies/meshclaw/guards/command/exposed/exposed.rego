# METADATA
# title: Commands after reading a server
# description: Once a session has read text that a server wrote, every command that is more than a proved read needs approval, because that text may have asked for it.
# custom:
#   id: command.exposed
#   severity: high
#   message: this session has read text from a server; a person has to look at its commands
#   remediation: have the command approved, or use a typed operation
#   enforcement: hard
package meshclaw.guards.command.exposed

import data.meshclaw.lib.reason

approval_required contains r if {
	not sheltered
	not reading
	r := reason.because(rego.metadata.chain(), [["context", "exposed"]])
}

sheltered if input.context.exposed == false

reading if input.action.class == "read"

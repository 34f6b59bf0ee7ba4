# METADATA
# title: Text that cannot be read
# description: A command that cannot be read whole, or holds characters that cannot be seen, is not run.
# custom:
#   id: command.unparsed
#   severity: critical
#   message: this command cannot be read as what it would run
#   remediation: write it in plain characters and as one whole command
#   enforcement: hard
package meshclaw.guards.command.unparsed

import data.meshclaw.lib.reason

deny contains r if {
	is_string(input.action.command.unparsed)
	r := reason.because(rego.metadata.chain(), [["action", "command", "unparsed"], ["action", "argv"]])
}

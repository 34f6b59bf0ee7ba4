# METADATA
# title: Hidden commands
# description: What is run has to be written out; no command word, code or script is assembled, decoded or evaluated at run time.
# custom:
#   id: command.obscured
#   severity: critical
#   message: what this command would run cannot be read from it
#   remediation: write the program and its words out
#   enforcement: hard
package meshclaw.guards.command.obscured

import data.meshclaw.lib.effects
import data.meshclaw.lib.reason

deny contains r if {
	count(input.action.command.obscured) > 0
	r := reason.because(rego.metadata.chain(), [["action", "command", "obscured"], ["action", "argv"]])
}

deny contains r if {
	found := effects.of({"obscure", "run_generated"})
	count(found) > 0
	r := reason.about(rego.metadata.chain(), [["action", "argv"]], {"effects": effects.few(found)})
}

# METADATA
# title: Secret files in commands
# description: A command that names a file of secrets is denied.
# custom:
#   id: command.secret_path
#   severity: critical
#   message: this command names a file that holds secrets
#   remediation: ask for the fact you need instead of the file
#   enforcement: hard
package meshclaw.guards.command.secret_path

import data.meshclaw.lib.reason

deny contains r if {
	some w in input.action.argv
	some part in data.meshclaw.parameters.secret_parts
	contains(w, part)
	r := reason.because(rego.metadata.chain(), [["action", "name"]])
}

# METADATA
# title: Plain modes
# description: An agent sets no set-user-id, set-group-id or sticky bit.
# custom:
#   id: file.plain_mode
#   severity: high
#   message: this mode has more than the nine plain permission bits
#   remediation: use a mode of three digits, or set the other bits by hand
#   enforcement: hard
package meshclaw.rules.file.plain_mode

import data.meshclaw.lib.question
import data.meshclaw.lib.reason

deny contains r if {
	input.action.name == "file.chmod"
	not question.in_general
	not plain
	r := reason.because(rego.metadata.chain(), [["action", "properties", "mode"]])
}

plain if count(input.action.properties.mode) == 3

plain if {
	count(input.action.properties.mode) == 4
	startswith(input.action.properties.mode, "0")
}

# METADATA
# title: Files that run as their owner
# description: No file gets the setuid bit, with which whoever starts it becomes its owner.
# custom:
#   id: file.no_setuid
#   severity: critical
#   message: this mode lets whoever runs the file become its owner
#   remediation: leave the bit away, and give the one command to the one account in sudoers by hand
#   enforcement: hard
package meshclaw.rules.file.no_setuid

import data.meshclaw.lib.question
import data.meshclaw.lib.reason

deny contains r if {
	input.action.name == "file.chmod"
	not question.in_general
	not plain
	r := reason.because(rego.metadata.chain(), [["action", "properties", "mode"]])
}

# Three digits, or a first one without 4: sticky and setgid are ordinary for folders.
plain if {
	count(input.action.properties.mode) == 3
	substring(input.action.properties.mode, 0, 1) in {"0", "1", "2", "3", "4", "5", "6", "7"}
}

plain if {
	count(input.action.properties.mode) == 4
	substring(input.action.properties.mode, 0, 1) in {"0", "1", "2", "3"}
}

# METADATA
# title: World-writable files
# description: No file is made writable for everybody.
# custom:
#   id: file.no_world_write
#   severity: high
#   message: this mode lets every account write the file
#   remediation: give the one group that needs it write permission
#   enforcement: hard
package meshclaw.rules.file.no_world_write

import data.meshclaw.lib.question
import data.meshclaw.lib.reason

deny contains r if {
	input.action.name == "file.chmod"
	not question.in_general
	not closed_to_others
	r := reason.because(rego.metadata.chain(), [["action", "properties", "mode"]])
}

closed_to_others if {
	mode := input.action.properties.mode
	substring(mode, count(mode) - 1, 1) in {"0", "1", "4", "5"}
}

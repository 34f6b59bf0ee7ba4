# METADATA
# title: Unproved reads
# description: A command counts as a read only when everything in it is known and only reads.
# custom:
#   id: command.unproved
#   severity: high
#   message: it is not proved that this command only reads
#   remediation: use a typed operation, or have the command approved
#   enforcement: hard
package meshclaw.guards.command.unproved

import data.meshclaw.lib.effects
import data.meshclaw.lib.question
import data.meshclaw.lib.reason

approval_required contains r if {
	not changing
	not question.in_general
	not proved
	r := reason.because(rego.metadata.chain(), [["action", "class"], ["action", "argv"]])
}

changing if input.action.class in {"write", "destructive", "secret"}

proved if {
	effects.everything_known
	input.action.command.secrets == []
	input.action.command.catastrophic == []
	every e in effects.all {
		only_reads(e)
	}
}

# Names, sizes and owners are no secret, whatever the file holds.
only_reads(e) if {
	e.kind == "list"
	not "link" in e.marks
}

only_reads(e) if {
	e.kind in {"read", "lookup"}
	count({"secret", "sensitive", "device", "link", "metadata"} & {mark | some mark in e.marks}) == 0
}

# METADATA
# title: Catastrophic commands
# description: Commands that wipe disks, file systems or whole trees, stop the machine or load kernel code are denied, before anybody is asked.
# custom:
#   id: command.catastrophic
#   severity: critical
#   message: this command destroys a disk, a file system or a whole tree, or ends the machine
#   remediation: name the one path or device, and use a typed operation for it
#   enforcement: hard
package meshclaw.guards.command.catastrophic

import data.meshclaw.lib.reason

deny contains r if {
	count(input.action.command.catastrophic) > 0
	r := reason.because(rego.metadata.chain(), [["action", "command", "catastrophic"], ["action", "argv"]])
}

deny contains r if {
	some p in input.action.command.programs
	split(p.name, ".")[0] in data.meshclaw.parameters.catastrophic_programs
	not only_looks(p)
	r := reason.about(rego.metadata.chain(), [["action", "argv"]], {"program": p.name})
}

# A program that nothing is known about may be handed a program that has one use alone.
deny contains r if {
	some p in input.action.command.programs
	count(p.unknown) > 0
	some word in p.words
	steps := split(word, "/")
	last := steps[count(steps) - 1]
	split(last, ".")[0] in data.meshclaw.parameters.catastrophic_programs
	r := reason.about(rego.metadata.chain(), [["action", "argv"]], {"program": last})
}

only_looks(p) if {
	p.unknown == []
	every e in p.effects {
		e.kind in {"read", "list"}
	}
}

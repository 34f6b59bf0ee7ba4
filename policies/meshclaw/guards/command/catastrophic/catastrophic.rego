# METADATA
# title: Catastrophic commands
# description: Commands that wipe disks, file systems or whole trees are denied by their words, before anybody is asked.
# custom:
#   id: command.catastrophic
#   severity: critical
#   message: this command destroys a disk, a file system or a whole tree
#   remediation: name the one path or device, and use a typed operation for it
#   enforcement: hard
package meshclaw.guards.command.catastrophic

import data.meshclaw.lib.reason

deny contains r if {
	catastrophic
	r := reason.because(rego.metadata.chain(), [["action", "argv"]])
}

# Wrappers (sudo, env, nice …) put the program behind them, so every word may be the program.
words contains w if some w in input.action.argv

words contains part if {
	some w in input.action.argv
	some part in split(replace(replace(w, ";", " "), "\n", " "), " ")
}

programs contains p if {
	some w in words
	parts := split(w, "/")
	p := parts[count(parts) - 1]
}

catastrophic if {
	some p in programs
	some prefix in data.meshclaw.parameters.catastrophic_programs
	startswith(p, prefix)
}

catastrophic if {
	some p in programs
	p in data.meshclaw.parameters.tree_changers
	some w in words
	trim_right(w, "/*.") in data.meshclaw.parameters.whole_trees
}

catastrophic if {
	some w in words
	startswith(w, "of=/dev/")
	not w in data.meshclaw.parameters.harmless_devices
}

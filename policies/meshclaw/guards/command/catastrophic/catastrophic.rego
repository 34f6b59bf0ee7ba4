# METADATA
# title: Catastrophic commands
# description: Commands that wipe disks, file systems or whole trees are denied by their words, before anybody is asked.
# custom:
#   id: command.catastrophic
#   severity: critical
#   message: this command destroys a disk, a file system or a whole tree, or ends the machine
#   remediation: name the one path or device, and use a typed operation for it
#   enforcement: hard
package meshclaw.guards.command.catastrophic

import data.meshclaw.lib.reason
import data.meshclaw.lib.words

deny contains r if {
	catastrophic
	r := reason.because(rego.metadata.chain(), [["action", "argv"]])
}

catastrophic if {
	some p in words.programs
	split(p, ".")[0] in data.meshclaw.parameters.catastrophic_programs
}

catastrophic if {
	changes_trees
	some w in words.all
	whole_tree(w)
}

catastrophic if {
	some w in words.all
	startswith(w, "of=/dev/")
	not w in data.meshclaw.parameters.harmless_devices
}

catastrophic if {
	writes_to_words
	some w in words.all
	some prefix in data.meshclaw.parameters.disk_prefixes
	startswith(w, prefix)
}

changes_trees if {
	some p in words.programs
	p in data.meshclaw.parameters.tree_changers
}

changes_trees if count({"-delete", "-exec", "-execdir"} & words.all) > 0

whole_tree(w) if {
	startswith(w, "/")
	trim_right(w, "/*.") in data.meshclaw.parameters.whole_trees
}

# Another spelling of a path is not looked through: it may be any tree.
whole_tree(w) if regex.match(`^/(.*/)?(\.\.?|)(/|$)`, trim_right(w, "/*"))

writes_to_words if count({"cp", "tee", "mv"} & words.programs) > 0

writes_to_words if contains(concat(" ", input.action.argv), ">")

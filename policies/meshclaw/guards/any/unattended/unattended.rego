# METADATA
# title: Nobody there
# description: A schedule or a CI job never asks for what this policy keeps for people who are there, secrets first of all.
# custom:
#   id: any.unattended
#   severity: critical
#   message: nobody is there to see what comes of this
#   remediation: have a person or an attended agent ask for it
#   enforcement: hard
package meshclaw.guards.any.unattended

import data.meshclaw.lib.asker
import data.meshclaw.lib.reason

deny contains r if {
	not asker.attended
	not left_to_itself
	r := reason.because(rego.metadata.chain(), [["subject", "type"], ["context", "surface"], ["action", "class"]])
}

# Needs a class and the list: without one of them nothing is known to be left to machines.
left_to_itself if {
	is_string(input.action.class)
	every class in data.meshclaw.parameters.attended_classes {
		class != input.action.class
	}
}

# METADATA
# title: Leaving confinement
# description: Nothing that opens the machine to a container, another namespace or a second root is run.
# custom:
#   id: command.escape
#   severity: critical
#   message: this command leaves the confinement that rules depend on
#   remediation: use a typed operation on the container or the server itself
#   enforcement: hard
package meshclaw.guards.command.escape

import data.meshclaw.lib.effects
import data.meshclaw.lib.reason

deny contains r if {
	count(found) > 0
	r := reason.about(rego.metadata.chain(), [["action", "argv"]], {"effects": effects.few(found)})
}

found := effects.of({"escape"})

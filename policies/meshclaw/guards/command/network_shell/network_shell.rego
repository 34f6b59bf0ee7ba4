# METADATA
# title: Raw connections of shells
# description: No shell or interpreter is tied to a raw network connection.
# custom:
#   id: command.network_shell
#   severity: critical
#   message: this command opens a raw connection in a shell or an interpreter
#   remediation: use a typed operation; nothing needs this
#   enforcement: hard
package meshclaw.guards.command.network_shell

import data.meshclaw.lib.effects
import data.meshclaw.lib.reason

deny contains r if {
	count(found) > 0
	r := reason.about(rego.metadata.chain(), [["action", "argv"]], {"effects": effects.few(found)})
}

found := effects.of({"socket"})

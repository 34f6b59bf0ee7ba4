# METADATA
# title: Data leaving the machine
# description: No command sends files, or what it has read, to another machine.
# custom:
#   id: command.exfiltration
#   severity: critical
#   message: this command sends data of the server somewhere else
#   remediation: ask for the fact you need; it comes back as the answer
#   enforcement: hard
package meshclaw.guards.command.exfiltration

import data.meshclaw.lib.effects
import data.meshclaw.lib.reason

deny contains r if {
	count(found) > 0
	r := reason.about(rego.metadata.chain(), [["action", "argv"]], {"effects": effects.few(found)})
}

found := effects.of({"send"})

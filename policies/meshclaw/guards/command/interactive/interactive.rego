# METADATA
# title: A prompt
# description: No command opens a shell or an editor that waits for somebody to type; what is typed is decided by nobody.
# custom:
#   id: command.interactive
#   severity: critical
#   message: this command opens a prompt, and nothing typed there would be decided or recorded
#   remediation: name the one command that is wanted
#   enforcement: hard
package meshclaw.guards.command.interactive

import data.meshclaw.lib.effects
import data.meshclaw.lib.reason

deny contains r if {
	count(found) > 0
	r := reason.about(rego.metadata.chain(), [["action", "argv"]], {"effects": effects.few(found)})
}

found := effects.of({"interactive"})

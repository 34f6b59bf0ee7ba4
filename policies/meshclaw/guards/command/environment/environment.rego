# METADATA
# title: Hooks in the environment
# description: No command sets a variable, alias or option that makes other programs run something else.
# custom:
#   id: command.environment
#   severity: critical
#   message: this command changes what other programs run, or where they look
#   remediation: name the program by its path, and leave the environment as it is
#   enforcement: hard
package meshclaw.guards.command.environment

import data.meshclaw.lib.effects
import data.meshclaw.lib.reason

deny contains r if {
	hooks := {v.name | some v in input.action.command.environment; v.kind == "hook"}
	count(hooks) > 0
	r := reason.about(rego.metadata.chain(), [["action", "argv"]], {"variables": hooks})
}

deny contains r if {
	found := effects.of({"hook"})
	count(found) > 0
	r := reason.about(rego.metadata.chain(), [["action", "argv"]], {"effects": effects.few(found)})
}

# METADATA
# title: Standing privileges
# description: No command gives an account, file or schedule lasting rights.
# custom:
#   id: command.privilege
#   severity: critical
#   message: this command gives lasting rights, or has something run by itself later
#   remediation: have a person do it by hand, or use a typed operation
#   enforcement: hard
package meshclaw.guards.command.privilege

import data.meshclaw.lib.effects
import data.meshclaw.lib.reason

deny contains r if {
	count(found) > 0
	r := reason.about(rego.metadata.chain(), [["action", "argv"]], {"effects": effects.few(found)})
}

found := effects.of({"grant", "persist"})

# METADATA
# title: Stopping protected services by command
# description: A command that stops, disables or masks a service that holds the way in or the machine together is denied.
# custom:
#   id: command.protected_unit
#   severity: critical
#   message: stopping this service can lock everybody out of the server
#   remediation: restart it with service.restart, which a person approves
#   enforcement: hard
package meshclaw.guards.command.protected_unit

import data.meshclaw.lib.reason
import data.meshclaw.lib.units
import data.meshclaw.lib.words

deny contains r if {
	count({"systemctl", "service", "rc-service", "rc-update", "launchctl"} & words.programs) > 0
	count({"stop", "disable", "mask", "kill", "isolate", "del", "unload"} & words.all) > 0
	some w in words.all
	units.is_protected(w)
	r := reason.because(rego.metadata.chain(), [["action", "argv"]])
}

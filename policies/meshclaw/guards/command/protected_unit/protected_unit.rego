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

deny contains r if {
	some p in input.action.command.programs
	stops(p)
	some w in p.words
	units.is_protected(w)
	r := reason.about(rego.metadata.chain(), [["action", "argv"]], {"unit": w})
}

stops(p) if {
	p.name in {"systemctl", "service", "rc-service", "rc-update", "launchctl", "sv", "initctl"}
	verbs := {"stop", "disable", "mask", "kill", "isolate", "del", "unload", "freeze", "force-stop", "down"}
	count(verbs & {w | some w in p.words}) > 0
}

stops(p) if p.name in {"kill", "pkill", "killall", "skill"}

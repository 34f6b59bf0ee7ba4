# METADATA
# title: Protected services
# description: What holds the way in or the machine together is restarted only with approval, and never stopped.
# custom:
#   id: service.protected_unit
#   severity: critical
#   message: this service holds the way in or the machine together
#   remediation: have a restart approved; to stop it, log in by another way and do it by hand
#   enforcement: hard
package meshclaw.guards.service.protected_unit

import data.meshclaw.lib.question
import data.meshclaw.lib.reason
import data.meshclaw.lib.units

approval_required contains r if {
	touched
	restarts
	r := reason.because(rego.metadata.chain(), [["action", "name"], ["action", "properties", "unit"]])
}

deny contains r if {
	touched
	not restarts
	r := reason.because(rego.metadata.chain(), [["action", "name"], ["action", "properties", "unit"]])
}

touched if {
	not reading
	not question.in_general
	not ordinary
}

reading if input.action.class == "read"

# A restart brings it back, and is looked at afterwards. Stopped, it takes the way in with it, and nobody is left who could
# start it again: that is not for an approval.
restarts if input.action.name in {"service.restart", "service.reload"}

# Needs both lists: without one of them nothing is known to be ordinary.
ordinary if {
	is_string(input.action.properties.unit)
	count(data.meshclaw.parameters.protected_units) > 0
	count(data.meshclaw.parameters.protected_unit_prefixes) > 0
	not units.is_protected(input.action.properties.unit)
}

# METADATA
# title: What the inventory allows to happen by itself
# description: A server of which the inventory says autoheal never or ask is not changed without a person, and what runs by itself changes only servers with autoheal auto.
# custom:
#   id: any.autoheal
#   severity: high
#   message: the inventory does not let this server be changed without a person
#   remediation: have it approved, or set autoheal of this server in the inventory as its owner
#   enforcement: hard
package meshclaw.guards.any.autoheal

import data.meshclaw.lib.asker
import data.meshclaw.lib.reason

deny contains r if {
	not reading
	not asker.attended
	input.resource.properties.autoheal == "never"
	r := reason.because(rego.metadata.chain(), [["resource", "properties", "autoheal"], ["subject", "type"]])
}

approval_required contains r if {
	not reading
	input.resource.properties.autoheal in {"never", "ask"}
	r := reason.because(rego.metadata.chain(), [["resource", "properties", "autoheal"], ["subject", "type"]])
}

approval_required contains r if {
	not reading
	not asker.attended
	not automatic
	r := reason.because(rego.metadata.chain(), [["resource", "properties", "autoheal"], ["subject", "type"]])
}

reading if input.action.class == "read"

automatic if input.resource.properties.autoheal == "auto"

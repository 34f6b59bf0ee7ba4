# METADATA
# title: A server nobody has looked at
# description: What runs by itself changes a server only when something true of it was observed a short while ago.
# custom:
#   id: any.unobserved
#   severity: medium
#   message: nothing that is true of this server was observed lately
#   remediation: run monitor-check or doctor on it first, or have it approved
#   enforcement: hard
package meshclaw.guards.any.unobserved

import data.meshclaw.lib.asker
import data.meshclaw.lib.reason

approval_required contains r if {
	not reading
	not asker.attended
	not observed
	r := reason.because(rego.metadata.chain(), [["subject", "type"], ["context", "surface"], ["resource", "facts"]])
}

reading if input.action.class == "read"

observed if {
	some fact in input.resource.facts
	is_number(fact.age_seconds)
	fact.age_seconds <= data.meshclaw.parameters.fact_age_seconds
}

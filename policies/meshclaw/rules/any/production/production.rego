# METADATA
# title: Production
# description: Every change in production needs a person.
# custom:
#   id: any.production
#   severity: medium
#   message: this server is in production
#   remediation: have the plan approved
#   enforcement: hard
package meshclaw.rules.any.production

import data.meshclaw.lib.reason

approval_required contains r if {
	not reading
	input.resource.properties.environment == "production"
	r := reason.because(rego.metadata.chain(), [["resource", "properties", "environment"]])
}

reading if input.action.class == "read"

# METADATA
# title: Production
# description: Every change in production needs a person; which environments are production, and whether a server without one is, are parameters.
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
	not elsewhere
	r := reason.because(rego.metadata.chain(), [["resource", "properties", "environment"]])
}

reading if input.action.class == "read"

elsewhere if {
	is_string(input.resource.properties.environment)
	every name in data.meshclaw.parameters.production_environments {
		name != input.resource.properties.environment
	}
}

elsewhere if {
	not labelled
	data.meshclaw.parameters.unlabelled_is_ordinary == true
}

labelled if is_string(input.resource.properties.environment)

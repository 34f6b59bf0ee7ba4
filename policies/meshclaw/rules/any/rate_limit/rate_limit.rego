# METADATA
# title: Rate limit
# description: The same change on the same server too often within an hour needs a person; some operations have a limit of their own.
# custom:
#   id: any.rate_limit
#   severity: medium
#   message: this was done too often here within an hour
#   remediation: find out why it is needed again and again
#   enforcement: hard
package meshclaw.rules.any.rate_limit

import data.meshclaw.lib.reason

approval_required contains r if {
	not reading
	not few_recent
	r := reason.because(rego.metadata.chain(), [["action", "name"], ["context", "recent"]])
}

reading if input.action.class == "read"

few_recent if {
	done := input.context.recent[input.action.name]
	most := data.meshclaw.parameters.changes_per_hour
	done < most
	done < object.get(data.meshclaw.parameters.changes_per_hour_of, input.action.name, most)
}

# METADATA
# title: Switched off on purpose
# description: A server that the inventory calls intentionally offline is changed only with approval, because somebody wants it as it is.
# custom:
#   id: any.offline
#   severity: medium
#   message: the inventory says that this server is offline on purpose
#   remediation: ask who switched it off, and have the change approved
#   enforcement: hard
package meshclaw.rules.any.offline

import data.meshclaw.lib.reason

approval_required contains r if {
	not reading
	not in_use
	r := reason.because(rego.metadata.chain(), [["resource", "properties", "intentionally_offline"]])
}

reading if input.action.class == "read"

# Nearly every entry leaves it out.
in_use if object.get(input, ["resource", "properties", "intentionally_offline"], false) == false

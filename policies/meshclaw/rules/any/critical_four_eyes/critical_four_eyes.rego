# METADATA
# title: Critical servers
# description: What destroys, spends or reveals on a server of high criticality needs two people.
# custom:
#   id: any.critical_four_eyes
#   severity: high
#   message: this server is critical; two people have to approve
#   remediation: have a second approver sign
#   enforcement: hard
package meshclaw.rules.any.critical_four_eyes

import data.meshclaw.lib.reason

approval_required contains r if {
	applies
	r := reason.because(rego.metadata.chain(), [["resource", "properties", "criticality"], ["action", "class"]])
}

obligation contains {"id": "any.critical_four_eyes", "type": "four_eyes", "parameters": {"signers": 2}} if applies

applies if {
	not ordinary
	input.resource.properties.criticality in {"high", "critical"}
}

ordinary if input.action.class in {"read", "write"}

# METADATA
# title: Approving oneself
# description: No command run through MeshClaw answers an approval, enrols an approver or lifts a freeze.
# custom:
#   id: command.own_approval
#   severity: critical
#   message: approving is for people, with their keys, outside of what is approved
#   remediation: give the approval id to a person
#   enforcement: hard
package meshclaw.guards.command.own_approval

import data.meshclaw.lib.reason

deny contains r if {
	some w in input.action.argv
	contains(w, "meshclaw")
	some other in input.action.argv
	some verb in {"approvals", "approvers", "unfreeze"}
	contains(other, verb)
	r := reason.because(rego.metadata.chain(), [["action", "argv"]])
}

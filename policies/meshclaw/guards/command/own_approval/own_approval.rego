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
	names("meshclaw")
	some verb in {"approvals", "approvers", "unfreeze"}
	names(verb)
	r := reason.because(rego.metadata.chain(), [["action", "argv"]])
}

names(word) if {
	some w in words
	contains(w, word)
}

words contains w if some w in input.action.argv

# Words as programs get them, whatever quotes they were written in.
words contains w if some w in input.action.command.programs[_].words

words contains p.name if some p in input.action.command.programs

# METADATA
# title: Secrets after reading a server
# description: A session that has read text from a server never asks for secrets, because that text may have asked for them.
# custom:
#   id: any.exposed_secret
#   severity: critical
#   message: this session has read text from a server, and what it learns could leave with it
#   remediation: ask again in a new session that has read nothing yet
#   enforcement: hard
package meshclaw.guards.any.exposed_secret

import data.meshclaw.lib.reason

deny contains r if {
	not sheltered
	not open
	r := reason.because(rego.metadata.chain(), [["context", "exposed"], ["action", "class"]])
}

sheltered if input.context.exposed == false

open if input.action.class in {"read", "write", "destructive", "spend"}

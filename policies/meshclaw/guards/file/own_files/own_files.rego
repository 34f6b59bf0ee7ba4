# METADATA
# title: MeshClaw files
# description: Nothing changes the configuration, keys, policies or evidence of MeshClaw through MeshClaw.
# custom:
#   id: file.own_files
#   severity: critical
#   message: these are the files that decide and prove; they are not changed this way
#   remediation: use the meshclaw command that is made for it
#   enforcement: hard
package meshclaw.guards.file.own_files

import data.meshclaw.lib.question
import data.meshclaw.lib.reason

deny contains r if {
	not reading
	not question.in_general
	not elsewhere
	r := reason.because(rego.metadata.chain(), [["action", "properties", "path"]])
}

reading if input.action.class == "read"

elsewhere if {
	path := concat("", [input.action.properties.path, "/"])
	every part in data.meshclaw.parameters.own_parts {
		not contains(path, part)
	}
}

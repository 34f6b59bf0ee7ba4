# METADATA
# title: Protected paths
# description: No file operation changes the system's own roots, accounts, boot files or login keys.
# custom:
#   id: file.protected_path
#   severity: critical
#   message: this path is protected from every change
#   remediation: change it by hand, or narrow the ask to a path outside the protected ones
#   enforcement: hard
package meshclaw.guards.file.protected_path

import data.meshclaw.lib.path
import data.meshclaw.lib.question
import data.meshclaw.lib.reason

deny contains r if {
	not reading
	not question.in_general
	not outside
	r := reason.because(rego.metadata.chain(), [["action", "properties", "path"]])
}

reading if input.action.class == "read"

outside if {
	target := input.action.properties.path
	path.is_normal(target)
	not target in data.meshclaw.parameters.protected_paths
	not_in(target, data.meshclaw.parameters.protected_roots)
	not_in(target, data.meshclaw.parameters.protected_mounts)
	every part in data.meshclaw.parameters.protected_parts {
		not contains(concat("", [target, "/"]), part)
	}
}

not_in(target, roots) if {
	every root in roots {
		not target == root
		not startswith(target, concat("", [root, "/"]))
	}
}

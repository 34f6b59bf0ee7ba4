# METADATA
# title: Protected paths
# description: No file operation changes the systems own roots, accounts, boot files or login keys.
# custom:
#   id: file.protected_path
#   severity: critical
#   message: this path is protected from every change
#   remediation: change it by hand, or narrow the ask to a path outside the protected ones
#   enforcement: hard
package meshclaw.guards.file.protected_path

import data.meshclaw.lib.reason

deny contains r if {
	not reading
	not outside
	r := reason.because(rego.metadata.chain(), [["action", "properties", "path"]])
}

reading if input.action.class == "read"

outside if {
	path := input.action.properties.path
	not path in data.meshclaw.parameters.protected_paths
	every root in data.meshclaw.parameters.protected_roots {
		not path == root
		not startswith(path, concat("", [root, "/"]))
	}
	every part in data.meshclaw.parameters.protected_parts {
		not contains(concat("", [path, "/"]), part)
	}
}

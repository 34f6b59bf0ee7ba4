# METADATA
# title: Secret files
# description: No file operation reads or copies what a file of secrets holds; its owner, mode and size may be asked for.
# custom:
#   id: file.secret_read
#   severity: critical
#   message: this file holds secrets; what is read would leave the server
#   remediation: ask for the fact you need instead of the file
#   enforcement: hard
package meshclaw.guards.file.secret_read

import data.meshclaw.lib.path
import data.meshclaw.lib.question
import data.meshclaw.lib.reason

deny contains r if {
	not metadata_only
	not question.in_general
	not outside
	r := reason.because(rego.metadata.chain(), [["action", "name"], ["action", "properties", "path"]])
}

metadata_only if input.action.name in {"file.stat", "file.chmod", "file.chown"}

outside if {
	path.is_normal(input.action.properties.path)
	whole := concat("", [input.action.properties.path, "/"])
	every part in data.meshclaw.parameters.secret_parts {
		not contains(whole, part)
	}
}

# METADATA
# title: Logs elsewhere
# description: A log operation that names a file reads it freely only below the folders that logs are kept in; a file of secrets is never read as a log.
# custom:
#   id: log.outside_roots
#   severity: high
#   message: this file is not below the folders that logs are kept in
#   remediation: name a log below them, or have it approved
#   enforcement: hard
package meshclaw.guards.log.outside_roots

import data.meshclaw.lib.path
import data.meshclaw.lib.question
import data.meshclaw.lib.reason

deny contains r if {
	not without_file
	not question.in_general
	not open
	r := reason.because(rego.metadata.chain(), [["action", "name"], ["action", "properties", "path"]])
}

approval_required contains r if {
	not without_file
	not question.in_general
	not inside
	r := reason.because(rego.metadata.chain(), [["action", "name"], ["action", "properties", "path"]])
}

# What reads journals and containers names no file.
without_file if input.action.name in {"log.container", "log.journal", "log.kernel", "log.vacuum-journal"}

open if {
	path.is_normal(input.action.properties.path)
	whole := concat("", [input.action.properties.path, "/"])
	every part in data.meshclaw.parameters.secret_parts {
		not contains(whole, part)
	}
}

inside if {
	some root in data.meshclaw.parameters.log_read_roots
	startswith(input.action.properties.path, concat("", [root, "/"]))
}

# METADATA
# title: Questions
# description: Tells a question about an operation as such from one about a call with its inputs.
package meshclaw.lib.question

# Asking performs nothing, and without inputs there is nothing yet to compare.
in_general if {
	input.context.mode == "check"
	input.action.properties == {}
}

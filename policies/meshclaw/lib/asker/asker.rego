# METADATA
# title: Who asks
# description: Tells whether somebody is there when something is asked.
package meshclaw.lib.asker

# Both have to be known to be of somebody who sees the answer; schedules and CI jobs run by themselves.
attended if {
	input.subject.type in {"agent", "human"}
	input.context.surface in {"cli", "mcp", "sdk", "dashboard"}
}

# METADATA
# title: Effects of a command
# description: What a command would do, from the facts that the policy decision point states about it.
package meshclaw.lib.effects

all contains e if some e in input.action.command.programs[_].effects

kinds contains e.kind if some e in all

of(wanted) := {e | some e in all; e.kind in wanted}

# A path that may be on one of these lists.
marked(wanted, marks) := {e | some e in of(wanted); some mark in e.marks; mark in marks}

# Positive proof: every list has to be there, and empty.
everything_known if {
	command := input.action.command
	object.get(command, "unparsed", null) == null
	command.dynamic == []
	command.obscured == []
	count(command.programs) > 0
	every p in command.programs {
		p.unknown == []
	}
	every v in command.environment {
		v.kind == "harmless"
	}
}

# A few effects say enough; a hostile text has thousands.
few(found) := {e | some e in array.slice([one | some one in found], 0, 8)}

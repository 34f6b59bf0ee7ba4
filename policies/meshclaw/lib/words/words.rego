# METADATA
# title: Words of a command
# description: Every word of an argv and of the shell text inside it, and every name of a program they may be.
package meshclaw.lib.words

# What separates words in shell text becomes a space.
separators := {c: " " | some c in [";", "&", "|", "\n", "\t", "\r", "(", ")", "{", "}", "`", "'", "\"", "<", ">", "$", ","]}

all contains w if some w in input.action.argv

all contains part if {
	some w in input.action.argv
	some part in split(strings.replace_n(separators, w), " ")
	part != ""
}

# Wrappers (sudo, env, nice …) put the program behind them, so every word may be the program.
programs contains last if {
	some w in all
	steps := split(w, "/")
	last := steps[count(steps) - 1]
}

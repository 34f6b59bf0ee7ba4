# METADATA
# title: Paths
# description: Says which paths can be compared with lists of paths.
package meshclaw.lib.path

# Absolute, and written the one way: no empty, "." or ".." step and no slash at its end.
is_normal("/")

is_normal(path) if {
	startswith(path, "/")
	steps := split(path, "/")
	every step in array.slice(steps, 1, count(steps)) {
		not step in {"", ".", ".."}
	}
}

package main

import (
	"runtime"

	"github.com/open-policy-agent/opa/v1/version"
)

type describedBuiltin struct {
	Name             string `json:"name"`
	Arity            int    `json:"arity"`
	Infix            string `json:"infix,omitempty"`
	IsRelation       bool   `json:"isRelation"`
	Deprecated       bool   `json:"deprecated"`
	Nondeterministic bool   `json:"nondeterministic"`
}

type describedCapabilities struct {
	Builtins []describedBuiltin `json:"builtins"`
	Features []string           `json:"features"`
}

func describeCapabilities(asked *request) (any, []byte, error) {
	capabilities, err := asked.capabilities()
	if err != nil {
		return nil, nil, err
	}
	out := describedCapabilities{Builtins: []describedBuiltin{}, Features: capabilities.Features}
	for _, builtin := range capabilities.Builtins {
		out.Builtins = append(out.Builtins, describedBuiltin{
			Name:             builtin.Name,
			Arity:            builtin.Decl.Arity(),
			Infix:            builtin.Infix,
			IsRelation:       builtin.Relation,
			Deprecated:       builtin.Deprecated,
			Nondeterministic: builtin.Nondeterministic,
		})
	}
	return out, nil, nil
}

func describeVersion(*request) (any, []byte, error) {
	return map[string]string{"opa": version.Version, "go": runtime.Version()}, nil, nil
}

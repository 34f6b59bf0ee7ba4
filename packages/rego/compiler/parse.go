package main

import (
	"encoding/json"

	"github.com/open-policy-agent/opa/v1/ast"
	astjson "github.com/open-policy-agent/opa/v1/ast/json"
	"github.com/open-policy-agent/opa/v1/util"
)

type parsedModule struct {
	File    string          `json:"file"`
	Package string          `json:"package"`
	AST     json.RawMessage `json:"ast"`
}

// parsed gives the modules as written; built-ins are not looked at before compilation.
func (asked *request) parsed() (map[string]*ast.Module, error) {
	capabilities, err := asked.capabilities()
	if err != nil {
		return nil, err
	}
	return asked.modules(capabilities, everyFile)
}

func parse(asked *request) (any, []byte, error) {
	modules, err := asked.parsed()
	if err != nil {
		return nil, nil, err
	}
	// OPA keeps this setting in a global; requests run one at a time, so it cannot leak into another.
	defer astjson.SetOptions(astjson.GetOptions())
	astjson.SetOptions(astjson.Options{MarshalOptions: astjson.MarshalOptions{
		IncludeLocation:     everyNode,
		ExcludeLocationFile: true,
	}})
	out := make([]parsedModule, 0, len(modules))
	for _, file := range util.KeysSorted(modules) {
		encoded, err := json.Marshal(modules[file])
		if err != nil {
			return nil, nil, err
		}
		out = append(out, parsedModule{File: file, Package: modules[file].Package.Path.String(), AST: encoded})
	}
	return map[string]any{"modules": out}, nil, nil
}

var everyNode = astjson.NodeToggle{
	Term:           true,
	Package:        true,
	Comment:        true,
	Import:         true,
	Rule:           true,
	Head:           true,
	Expr:           true,
	SomeDecl:       true,
	Every:          true,
	With:           true,
	Annotations:    true,
	AnnotationsRef: true,
	Not:            true,
	And:            true,
	Or:             true,
}

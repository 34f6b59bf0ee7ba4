package main

import (
	"context"
	"encoding/json"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/bundle"
	"github.com/open-policy-agent/opa/v1/compile"
	"github.com/open-policy-agent/opa/v1/util"
)

type built struct {
	DataJSON    string   `json:"dataJson"`
	Files       []string `json:"files"`
	Entrypoints []string `json:"entrypoints"`
}

// build compiles to WebAssembly. Unused rules are pruned, so the module answers exactly
// the entrypoints that were asked for and none that merely depend on them.
func build(asked *request) (any, []byte, error) {
	if len(asked.Entrypoints) == 0 {
		return nil, nil, badRequest("a build needs at least one entrypoint")
	}
	capabilities, err := asked.capabilities()
	if err != nil {
		return nil, nil, err
	}
	modules, err := asked.modules(capabilities, notTests)
	if err != nil {
		return nil, nil, err
	}
	document, err := asked.document()
	if err != nil {
		return nil, nil, err
	}
	if err := compileModules(asked, newCompiler(capabilities).WithEnablePrintStatements(false), modules); err != nil {
		return nil, nil, err
	}
	sources := asked.bundle(modules, document)
	compiler := compile.New().
		WithRegoVersion(ast.RegoV1).
		WithCapabilities(capabilities).
		WithTarget(compile.TargetWasm).
		WithEntrypoints(asked.Entrypoints...).
		WithPruneUnused(true).
		WithBundle(sources)
	if err := compiler.Build(context.Background()); err != nil {
		return nil, nil, err
	}
	encoded, err := json.Marshal(document)
	if err != nil {
		return nil, nil, err
	}
	out := built{DataJSON: string(encoded), Files: util.KeysSorted(modules), Entrypoints: asked.Entrypoints}
	return out, compiler.Bundle().WasmModules[0].Raw, nil
}

func (asked *request) bundle(modules map[string]*ast.Module, document map[string]any) *bundle.Bundle {
	sources := &bundle.Bundle{Data: document}
	sources.SetRegoVersion(ast.RegoV1)
	sources.Manifest.Init()
	texts := make(map[string]string, len(asked.Files))
	for _, file := range asked.Files {
		texts[file.Path] = file.Text
	}
	for _, path := range util.KeysSorted(modules) {
		sources.Modules = append(sources.Modules, bundle.ModuleFile{
			URL:    path,
			Path:   path,
			Raw:    []byte(texts[path]),
			Parsed: modules[path],
		})
	}
	return sources
}

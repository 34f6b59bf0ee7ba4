package main

import (
	"context"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/storage"
)

// everyError turns off OPA's habit of stopping after ten errors.
const everyError = 0

func newCompiler(capabilities *ast.Capabilities) *ast.Compiler {
	return ast.NewCompiler().
		SetErrorLimit(everyError).
		WithCapabilities(capabilities).
		WithDefaultRegoVersion(ast.RegoV1).
		WithEnablePrintStatements(true).
		WithUseTypeCheckAnnotations(true)
}

func check(asked *request) (any, []byte, error) {
	capabilities, err := asked.capabilities(interpreterBuiltins...)
	if err != nil {
		return nil, nil, err
	}
	modules, err := asked.modules(capabilities, everyFile)
	if err != nil {
		return nil, nil, err
	}
	compiler := newCompiler(capabilities).WithStrict(asked.Strict)
	return map[string]int{"files": len(modules)}, nil, compileModules(asked, compiler, modules)
}

// compileModules also refuses a rule whose path the base data already defines.
func compileModules(asked *request, compiler *ast.Compiler, modules map[string]*ast.Module) error {
	store, err := asked.store()
	if err != nil {
		return err
	}
	ctx := context.Background()
	return storage.Txn(ctx, store, storage.TransactionParams{}, func(txn storage.Transaction) error {
		compiler.WithPathConflictsCheck(storage.NonEmpty(ctx, store, txn)).Compile(modules)
		if compiler.Failed() {
			return compiler.Errors
		}
		return nil
	})
}

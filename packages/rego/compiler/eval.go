package main

import (
	"bytes"
	"context"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/topdown"
	"github.com/open-policy-agent/opa/v1/util"
)

type evaluated struct {
	Results       []evaluatedRow `json:"results"`
	BuiltinErrors []diagnostic   `json:"builtinErrors"`
	Output        string         `json:"output"`
	Trace         *trace         `json:"trace,omitempty"`
}

type evaluatedRow struct {
	Values   []any          `json:"values"`
	Bindings map[string]any `json:"bindings"`
}

// eval answers a query with OPA's interpreter, which unlike the compiled module can explain itself.
func eval(asked *request) (any, []byte, error) {
	capabilities, err := asked.capabilities(interpreterBuiltins...)
	if err != nil {
		return nil, nil, err
	}
	modules, err := asked.modules(capabilities, notTests)
	if err != nil {
		return nil, nil, err
	}
	query, err := ast.ParseBodyWithOpts(asked.Query, ast.ParserOptions{Capabilities: capabilities, RegoVersion: ast.RegoV1})
	if err != nil {
		return nil, nil, err
	}
	store, err := asked.store()
	if err != nil {
		return nil, nil, err
	}
	compiler := newCompiler(capabilities)
	if err := compileModules(asked, compiler, modules); err != nil {
		return nil, nil, err
	}
	out, err := asked.evaluate(compiler, store, query)
	return out, nil, err
}

func (asked *request) evaluate(compiler *ast.Compiler, store storage.Store, query ast.Body) (*evaluated, error) {
	var printed bytes.Buffer
	var builtinErrors []topdown.Error
	tracer := topdown.NewBufferTracer()
	options := []func(*rego.Rego){
		rego.Compiler(compiler),
		rego.Store(store),
		rego.ParsedQuery(query),
		rego.SetRegoVersion(ast.RegoV1),
		rego.PrintHook(topdown.NewPrintHook(&printed)),
		rego.EnablePrintStatements(true),
		rego.BuiltinErrorList(&builtinErrors),
	}
	if asked.Trace != traceOff {
		options = append(options, rego.QueryTracer(tracer))
	}
	if len(asked.Input) > 0 {
		var input any
		if err := util.UnmarshalJSON(asked.Input, &input); err != nil {
			return nil, badRequest("input must be JSON")
		}
		options = append(options, rego.Input(input))
	}
	results, err := rego.New(options...).Eval(context.Background())
	if err != nil {
		return nil, err
	}
	out := &evaluated{Results: []evaluatedRow{}, BuiltinErrors: []diagnostic{}, Output: printed.String()}
	for _, result := range results {
		out.Results = append(out.Results, describeRow(result))
	}
	for i := range builtinErrors {
		out.BuiltinErrors = append(out.BuiltinErrors, diagnose(&builtinErrors[i])...)
	}
	if asked.Trace != traceOff {
		out.Trace = describeTrace(*tracer, asked.Trace, asked.TraceLimit)
	}
	return out, nil
}

func describeRow(result rego.Result) evaluatedRow {
	row := evaluatedRow{Values: []any{}, Bindings: result.Bindings}
	for _, expression := range result.Expressions {
		row.Values = append(row.Values, expression.Value)
	}
	return row
}

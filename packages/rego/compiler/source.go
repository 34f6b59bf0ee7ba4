package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
)

// testSuffix ends the names of files that hold tests only; they never go into a build.
const testSuffix = "_test.rego"

// The language is Rego v1 whatever OPA's default becomes. Keywords in references and
// template strings are part of it; the import that switches a file to a later version is not.
var languageFeatures = []string{
	ast.FeatureRegoV1,
	ast.FeatureKeywordsInRefs,
	ast.FeatureTemplateStrings,
}

// OPA rewrites print calls and table tests into calls of these. Only the interpreter has
// them, so a build goes without.
var interpreterBuiltins = []string{ast.InternalPrint.Name, ast.InternalTestCase.Name}

// capabilities are OPA's own, with the built-ins cut down to the names asked for.
func (asked *request) capabilities(also ...string) (*ast.Capabilities, error) {
	all := ast.CapabilitiesForThisVersion(ast.CapabilitiesRegoVersion(ast.RegoV1))
	all.Features = languageFeatures
	all.AllowNet = []string{}
	if asked.Builtins == nil {
		return all, nil
	}
	wanted := make(map[string]bool, len(asked.Builtins))
	for _, name := range slices.Concat(asked.Builtins, also) {
		wanted[name] = true
	}
	all.Builtins = slices.DeleteFunc(slices.Clone(all.Builtins), func(builtin *ast.Builtin) bool {
		keep := wanted[builtin.Name]
		delete(wanted, builtin.Name)
		return !keep
	})
	for _, name := range asked.Builtins {
		if wanted[name] {
			return nil, badRequest("this OPA has no built-in named %q", name)
		}
	}
	return all, nil
}

// modules parses every file that keep accepts and reports the errors of all of them.
func (asked *request) modules(capabilities *ast.Capabilities, keep func(path string) bool) (map[string]*ast.Module, error) {
	parsed := make(map[string]*ast.Module, len(asked.Files))
	var problems ast.Errors
	for _, file := range asked.Files {
		if !keep(file.Path) {
			continue
		}
		module, err := parseFile(file, capabilities)
		if err != nil {
			problems = append(problems, parseErrors(err, file.Path)...)
			continue
		}
		parsed[file.Path] = module
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return parsed, nil
}

func parseFile(file sourceFile, capabilities *ast.Capabilities) (*ast.Module, error) {
	return ast.ParseModuleWithOpts(file.Path, file.Text, ast.ParserOptions{
		Capabilities:      capabilities,
		ProcessAnnotation: true,
		RegoVersion:       ast.RegoV1,
	})
}

// parseErrors gives each error a file, row and column: OPA leaves all out for an empty file
// and the column at the end of one.
func parseErrors(err error, path string) ast.Errors {
	many, ok := errors.AsType[ast.Errors](err)
	if !ok {
		one, ok := errors.AsType[*ast.Error](err)
		if !ok {
			one = ast.NewError(ast.ParseErr, nil, "%s", err.Error())
		}
		many = ast.Errors{one}
	}
	for _, one := range many {
		if one.Location == nil || one.Location.Row == 0 {
			one.Location = ast.NewLocation(nil, path, 1, 1)
		}
		one.Location.Col = max(one.Location.Col, 1)
	}
	return many
}

func everyFile(string) bool     { return true }
func notTests(path string) bool { return !strings.HasSuffix(path, testSuffix) }

// document is the base data, with numbers kept as they were written.
func (asked *request) document() (map[string]any, error) {
	document := map[string]any{}
	if len(asked.Data) == 0 {
		return document, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(asked.Data))
	decoder.UseNumber()
	if err := decoder.Decode(&document); err != nil || document == nil {
		return nil, badRequest("data must be a JSON object")
	}
	return document, nil
}

func (asked *request) store() (storage.Store, error) {
	document, err := asked.document()
	if err != nil {
		return nil, err
	}
	return inmem.NewFromObject(document), nil
}

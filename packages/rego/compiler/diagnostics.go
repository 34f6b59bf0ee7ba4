package main

import (
	"errors"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/format"
	"github.com/open-policy-agent/opa/v1/topdown"
)

type diagnostic struct {
	Code    string   `json:"code"`
	Message string   `json:"message"`
	File    string   `json:"file,omitempty"`
	Row     int      `json:"row,omitempty"`
	Column  int      `json:"column,omitempty"`
	Details []string `json:"details,omitempty"`
}

// codePlain marks what OPA reports as bare text, without a code of its own.
const codePlain = "rego_error"

func plainDiagnostic(message string) diagnostic {
	return diagnostic{Code: codePlain, Message: message}
}

// failed sorts an error into its kind. What OPA does not say otherwise is about the policy.
func failed(err error) reply {
	kind := faultPolicy
	var known *fault
	if errors.As(err, &known) {
		kind = known.kind
	} else if topdown.IsError(err) {
		kind = faultEvaluation
	}
	return failure(kind, diagnose(err)...)
}

func diagnose(err error) []diagnostic {
	// An evaluation's error may wrap those of a built-in that parses: the outer one has the place.
	if one, ok := errors.AsType[*topdown.Error](err); ok {
		return []diagnostic{located(diagnostic{Code: one.Code, Message: one.Message}, one.Location)}
	}
	if many, ok := errors.AsType[ast.Errors](err); ok && len(many) > 0 {
		return diagnoseAll(many)
	}
	if one, ok := errors.AsType[*ast.Error](err); ok {
		return diagnoseAll(ast.Errors{one})
	}
	if one, ok := errors.AsType[format.UnformattedError](err); ok {
		return []diagnostic{{Code: ast.FormatErr, Message: one.Error()}}
	}
	return []diagnostic{plainDiagnostic(err.Error())}
}

func diagnoseAll(many ast.Errors) []diagnostic {
	sorted := slices.Clone(many)
	sorted.Sort()
	found := make([]diagnostic, 0, len(sorted))
	for _, one := range sorted {
		entry := located(diagnostic{Code: one.Code, Message: one.Message}, one.Location)
		if one.Details != nil {
			entry.Details = one.Details.Lines()
		}
		found = append(found, entry)
	}
	return found
}

func located(entry diagnostic, at *ast.Location) diagnostic {
	if at != nil {
		entry.File, entry.Row, entry.Column = at.File, at.Row, at.Col
	}
	return entry
}

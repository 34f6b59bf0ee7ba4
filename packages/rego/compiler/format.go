package main

import (
	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/format"
)

type formattedFile struct {
	Path    string `json:"path"`
	Text    string `json:"text"`
	Changed bool   `json:"changed"`
}

// formatSources formats all files or, when one does not parse, none.
func formatSources(asked *request) (any, []byte, error) {
	options := ast.ParserOptions{ProcessAnnotation: true, RegoVersion: ast.RegoV1}
	out := make([]formattedFile, 0, len(asked.Files))
	var problems ast.Errors
	for _, file := range asked.Files {
		text, err := format.SourceWithOpts(file.Path, []byte(file.Text), format.Opts{
			RegoVersion:   ast.RegoV1,
			ParserOptions: &options,
		})
		if err != nil {
			problems = append(problems, parseErrors(err, file.Path)...)
			continue
		}
		out = append(out, formattedFile{Path: file.Path, Text: string(text), Changed: string(text) != file.Text})
	}
	if len(problems) > 0 {
		return nil, nil, problems
	}
	return map[string]any{"files": out}, nil, nil
}

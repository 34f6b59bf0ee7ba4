package main

import (
	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/util"
)

type inspected struct {
	Modules     []inspectedModule `json:"modules"`
	Annotations []annotation      `json:"annotations"`
}

type inspectedModule struct {
	File    string          `json:"file"`
	Package string          `json:"package"`
	Row     int             `json:"row"`
	Imports []inspectedRef  `json:"imports"`
	Rules   []inspectedRule `json:"rules"`
}

type inspectedRef struct {
	Path string `json:"path"`
	Row  int    `json:"row"`
}

type inspectedRule struct {
	Path      string `json:"path"`
	Name      string `json:"name"`
	Kind      string `json:"kind"`
	IsDefault bool   `json:"isDefault"`
	Row       int    `json:"row"`
	Column    int    `json:"column"`
	EndRow    int    `json:"endRow"`
}

// annotation is one METADATA block: what it says, where it stands and what it is about.
type annotation struct {
	Scope       string         `json:"scope"`
	Path        string         `json:"path"`
	File        string         `json:"file"`
	Row         int            `json:"row"`
	TargetRow   int            `json:"targetRow"`
	Title       string         `json:"title,omitempty"`
	Description string         `json:"description,omitempty"`
	Entrypoint  bool           `json:"entrypoint"`
	Custom      map[string]any `json:"custom"`
	Labels      map[string]any `json:"labels"`
}

// inspect parses only: it answers for files that would not compile together.
func inspect(asked *request) (any, []byte, error) {
	modules, err := asked.parsed()
	if err != nil {
		return nil, nil, err
	}
	out := inspected{Modules: []inspectedModule{}, Annotations: []annotation{}}
	sorted := make([]*ast.Module, 0, len(modules))
	for _, file := range util.KeysSorted(modules) {
		sorted = append(sorted, modules[file])
		out.Modules = append(out.Modules, describeModule(file, modules[file]))
	}
	set, problems := ast.BuildAnnotationSet(sorted)
	if len(problems) > 0 {
		return nil, nil, problems
	}
	for _, ref := range set.Flatten() {
		out.Annotations = append(out.Annotations, describeAnnotation(ref))
	}
	return out, nil, nil
}

func describeModule(file string, module *ast.Module) inspectedModule {
	described := inspectedModule{
		File:    file,
		Package: module.Package.Path.String(),
		Row:     module.Package.Loc().Row,
		Imports: []inspectedRef{},
		Rules:   []inspectedRule{},
	}
	for _, one := range module.Imports {
		described.Imports = append(described.Imports, inspectedRef{Path: one.Path.String(), Row: one.Loc().Row})
	}
	for _, rule := range module.Rules {
		described.Rules = append(described.Rules, describeRule(rule))
	}
	return described
}

func describeRule(rule *ast.Rule) inspectedRule {
	endRow, _ := rule.Loc().End()
	return inspectedRule{
		Path:      rule.Ref().String(),
		Name:      rule.Head.Ref().GroundPrefix().String(),
		Kind:      ruleKind(rule),
		IsDefault: rule.Default,
		Row:       rule.Loc().Row,
		Column:    rule.Loc().Col,
		EndRow:    endRow,
	}
}

func ruleKind(rule *ast.Rule) string {
	switch {
	case len(rule.Head.Args) > 0:
		return "function"
	case rule.Head.DocKind() == ast.PartialSetDoc:
		return "set"
	case rule.Head.DocKind() == ast.PartialObjectDoc:
		return "object"
	default:
		return "complete"
	}
}

func describeAnnotation(ref *ast.AnnotationsRef) annotation {
	said := ref.Annotations
	described := annotation{
		Scope:       said.Scope,
		Path:        ref.Path.String(),
		Title:       said.Title,
		Description: said.Description,
		Entrypoint:  said.Entrypoint,
		Custom:      orEmpty(said.Custom),
		Labels:      orEmpty(said.Labels),
	}
	if at := said.Loc(); at != nil {
		described.File, described.Row = at.File, at.Row
	}
	if ref.Location != nil {
		described.TargetRow = ref.Location.Row
	}
	return described
}

func orEmpty(values map[string]any) map[string]any {
	if values == nil {
		return map[string]any{}
	}
	return values
}

package main

import (
	"encoding/json"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"
	"github.com/open-policy-agent/opa/v1/topdown/lineage"
)

const (
	traceOff   = "off"
	traceFails = "fails" // failed expressions and the queries that led to them
	traceFull  = "full"  // all events but the unifications

	// Longer texts and values are left out of a trace: it explains, it does not carry documents.
	textLimit  = 240
	valueLimit = 1024
)

type trace struct {
	Events  []traceEvent `json:"events"`
	Dropped int          `json:"dropped"` // events over the limit, from the end
}

type traceEvent struct {
	Op       string                     `json:"op"`
	Node     string                     `json:"node"` // rule, body, expression or none
	QueryID  uint64                     `json:"queryId"`
	ParentID uint64                     `json:"parentId"`
	File     string                     `json:"file,omitempty"`
	Row      int                        `json:"row,omitempty"`
	Column   int                        `json:"column,omitempty"`
	Text     string                     `json:"text"`
	Rule     string                     `json:"rule,omitempty"`
	Message  string                     `json:"message,omitempty"`
	Values   map[string]json.RawMessage `json:"values,omitempty"`
}

func describeTrace(events []*topdown.Event, kind string, limit int) *trace {
	if kind == traceFull {
		events = lineage.Full(events)
	} else {
		events = lineage.Fails(events)
	}
	kept := max(0, min(len(events), limit))
	described := &trace{Events: make([]traceEvent, 0, kept), Dropped: len(events) - kept}
	for _, event := range events[:kept] {
		described.Events = append(described.Events, describeEvent(event))
	}
	return described
}

func describeEvent(event *topdown.Event) traceEvent {
	described := traceEvent{
		Op:       strings.ToLower(string(event.Op)),
		Node:     "none",
		QueryID:  event.QueryID,
		ParentID: event.ParentID,
		Message:  event.Message,
	}
	if at := event.Location; at != nil {
		described.File, described.Row, described.Column = at.File, at.Row, at.Col
		described.Text = clip(string(at.Text))
	}
	switch node := event.Node.(type) {
	case *ast.Rule:
		described.Node = "rule"
		described.Rule = node.Ref().String()
	case ast.Body:
		described.Node = "body"
	case *ast.Expr:
		described.Node = "expression"
		described.Values = valuesOf(event, node)
	}
	return described
}

// valuesOf gives what the expression's variables and input references were, under their
// names in the source.
func valuesOf(event *topdown.Event, expression *ast.Expr) map[string]json.RawMessage {
	values := map[string]json.RawMessage{}
	ast.WalkVars(expression, func(name ast.Var) bool {
		meta, known := event.LocalMetadata[name]
		if known && event.Locals != nil && !strings.HasPrefix(string(meta.Name), ast.LocalVarPrefix) {
			remember(values, string(meta.Name), event.Locals.Get(name))
		}
		return false
	})
	ast.WalkRefs(expression, func(ref ast.Ref) bool {
		if input := event.Input(); input != nil && ref.HasPrefix(ast.InputRootRef) && ref.IsGround() {
			if value, err := input.Value.Find(ref[1:]); err == nil {
				remember(values, ref.String(), value)
			}
		}
		return false
	})
	return values
}

func remember(values map[string]json.RawMessage, name string, value ast.Value) {
	if value == nil {
		return
	}
	plain, err := ast.JSON(value)
	if err != nil {
		return
	}
	if encoded, err := json.Marshal(plain); err == nil && len(encoded) <= valueLimit {
		values[name] = encoded
	}
}

func clip(text string) string {
	runes := []rune(text)
	if len(runes) <= textLimit {
		return text
	}
	return string(runes[:textLimit]) + "…"
}

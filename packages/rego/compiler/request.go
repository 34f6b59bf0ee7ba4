package main

import (
	"bytes"
	"encoding/json"
	"fmt"
)

type sourceFile struct {
	Path string `json:"path"`
	Text string `json:"text"`
}

// request holds the fields of every operation; each operation reads its own.
type request struct {
	Operation   string          `json:"operation"`
	Files       []sourceFile    `json:"files"`
	Data        json.RawMessage `json:"data"`
	Builtins    []string        `json:"builtins"`    // nil: all that OPA has
	Entrypoints []string        `json:"entrypoints"` // build
	Strict      bool            `json:"strict"`      // check
	Coverage    bool            `json:"coverage"`    // test
	Filter      string          `json:"filter"`      // test: regular expression over full test names
	Trace       string          `json:"trace"`       // test, eval: off, fails, full
	TraceLimit  int             `json:"traceLimit"`  // test, eval: events kept
	Query       string          `json:"query"`       // eval
	Input       json.RawMessage `json:"input"`       // eval
}

type reply struct {
	OK          bool         `json:"ok"`
	Value       any          `json:"value,omitempty"`
	Fault       string       `json:"fault,omitempty"`
	Diagnostics []diagnostic `json:"diagnostics,omitempty"`
}

const (
	faultRequest    = "request"    // the request itself is malformed
	faultPolicy     = "policy"     // the Rego does not parse, compile or type-check
	faultEvaluation = "evaluation" // the Rego compiled and its evaluation failed
	faultInternal   = "internal"   // a defect: the host drops this instance
)

// fault is an error that knows which of the four kinds it is.
type fault struct {
	kind string
	err  error
}

func (f *fault) Error() string { return f.err.Error() }
func (f *fault) Unwrap() error { return f.err }

func badRequest(format string, values ...any) error {
	return &fault{faultRequest, fmt.Errorf(format, values...)}
}

type operation func(*request) (value any, blob []byte, err error)

var operations = map[string]operation{
	"build":        build,
	"check":        check,
	"test":         test,
	"fmt":          formatSources,
	"parse":        parse,
	"inspect":      inspect,
	"eval":         eval,
	"capabilities": describeCapabilities,
	"version":      describeVersion,
}

func answer(message []byte) (out reply, blob []byte) {
	defer func() {
		if crash := recover(); crash != nil {
			out, blob = failure(faultInternal, plainDiagnostic(fmt.Sprint(crash))), nil
		}
	}()
	var asked request
	decoder := json.NewDecoder(bytes.NewReader(message))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&asked); err != nil {
		return failed(badRequest("unreadable request: %w", err)), nil
	}
	run, known := operations[asked.Operation]
	if !known {
		return failed(badRequest("unknown operation %q", asked.Operation)), nil
	}
	value, blob, err := run(&asked)
	if err != nil {
		return failed(err), nil
	}
	return reply{OK: true, Value: value}, blob
}

func failure(kind string, diagnostics ...diagnostic) reply {
	return reply{Fault: kind, Diagnostics: diagnostics}
}

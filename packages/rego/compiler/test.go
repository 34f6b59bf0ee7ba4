package main

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/cover"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/tester"
)

// testLimit is out of reach on purpose: a timer cannot interrupt Go code in WebAssembly,
// so the host ends the worker instead, and a slow machine must not fail a good test.
const testLimit = 24 * time.Hour

type testResult struct {
	Package    string      `json:"package"`
	Name       string      `json:"name"`
	File       string      `json:"file"`
	Row        int         `json:"row"`
	Outcome    string      `json:"outcome"`
	DurationMs float64     `json:"durationMs"`
	Output     string      `json:"output"`
	Cases      []testCase  `json:"cases,omitempty"`
	Error      *diagnostic `json:"error,omitempty"`
	Trace      *trace      `json:"trace,omitempty"`
}

type testCase struct {
	Path    []string `json:"path"`
	Outcome string   `json:"outcome"`
}

type testReport struct {
	Tests    []testResult `json:"tests"`
	Coverage *coverage    `json:"coverage,omitempty"`
}

func test(asked *request) (any, []byte, error) {
	capabilities, err := asked.capabilities(interpreterBuiltins...)
	if err != nil {
		return nil, nil, err
	}
	modules, err := asked.modules(capabilities, everyFile)
	if err != nil {
		return nil, nil, err
	}
	if _, err := regexp.Compile(asked.Filter); err != nil {
		return nil, nil, badRequest("the filter is not a regular expression: %w", err)
	}
	store, err := asked.store()
	if err != nil {
		return nil, nil, err
	}
	var report testReport
	ctx := context.Background()
	err = storage.Txn(ctx, store, storage.TransactionParams{}, func(txn storage.Transaction) error {
		compiler := newCompiler(capabilities).WithPathConflictsCheck(storage.NonEmpty(ctx, store, txn))
		session := testSession{asked: asked, compiler: compiler, store: store, txn: txn}
		report, err = session.run(ctx, modules)
		return err
	})
	return report, nil, err
}

type testSession struct {
	asked    *request
	compiler *ast.Compiler
	store    storage.Store
	txn      storage.Transaction
}

func (session *testSession) run(ctx context.Context, modules map[string]*ast.Module) (testReport, error) {
	runner := session.runner().SetModules(modules).Filter(session.asked.Filter)
	covered := cover.New()
	if session.asked.Coverage {
		// No supplementary passes: they only say why a range was skipped, for three times the work.
		runner = runner.SetCoverageRuns(nil).SetCoverageQueryTracer(covered)
	}
	results, err := collect(ctx, runner, session.txn)
	if err != nil {
		return testReport{}, err
	}
	traces, err := session.traceFailures(ctx, results)
	if err != nil {
		return testReport{}, err
	}
	report := testReport{Tests: make([]testResult, 0, len(results))}
	for _, result := range results {
		report.Tests = append(report.Tests, describeResult(result, traces[fullName(result)]))
	}
	if session.asked.Coverage {
		report.Coverage = describeCoverage(covered.Report(modules))
	}
	return report, nil
}

func (session *testSession) runner() *tester.Runner {
	return tester.NewRunner().
		SetCompiler(session.compiler).
		SetStore(session.store).
		SetParallel(1).
		CapturePrintOutput(true).
		SetTimeout(testLimit)
}

// traceFailures runs what did not pass a second time, because OPA cannot cover and trace at once.
func (session *testSession) traceFailures(ctx context.Context, results []*tester.Result) (map[string]*trace, error) {
	var names []string
	for _, result := range results {
		if result.Fail || result.Error != nil {
			names = append(names, regexp.QuoteMeta(fullName(result)))
		}
	}
	if len(names) == 0 || session.asked.Trace == traceOff {
		return nil, nil
	}
	runner := session.runner().EnableTracing(true).Filter("^(?:" + strings.Join(names, "|") + ")$")
	again, err := collect(ctx, runner, session.txn)
	if err != nil {
		return nil, err
	}
	traces := make(map[string]*trace, len(again))
	for _, result := range again {
		traces[fullName(result)] = describeTrace(result.Trace, session.asked.Trace, session.asked.TraceLimit)
	}
	return traces, nil
}

func collect(ctx context.Context, runner *tester.Runner, txn storage.Transaction) ([]*tester.Result, error) {
	channel, err := runner.RunTests(ctx, txn)
	if err != nil {
		return nil, err
	}
	var results []*tester.Result
	for result := range channel {
		results = append(results, result)
	}
	slices.SortFunc(results, func(a, b *tester.Result) int {
		return cmp.Or(a.Location.Compare(b.Location), cmp.Compare(fullName(a), fullName(b)))
	})
	return results, nil
}

func fullName(result *tester.Result) string {
	return result.Package + "." + result.Name
}

func describeResult(result *tester.Result, failures *trace) testResult {
	described := testResult{
		Package:    result.Package,
		Name:       result.Name,
		File:       result.Location.File,
		Row:        result.Location.Row,
		Outcome:    outcome(result),
		DurationMs: float64(result.Duration) / float64(time.Millisecond),
		Output:     string(result.Output),
		Trace:      failures,
	}
	for path, inner := range result.SubResults.Iter {
		described.Cases = append(described.Cases, testCase{Path: slices.Clone(path), Outcome: passedUnless(inner.Fail)})
	}
	slices.SortFunc(described.Cases, func(a, b testCase) int { return slices.Compare(a.Path, b.Path) })
	if result.Error != nil {
		described.Error = &diagnose(result.Error)[0]
	}
	return described
}

func outcome(result *tester.Result) string {
	switch {
	case result.Skip:
		return "skipped"
	case result.Error != nil:
		return "errored"
	default:
		return passedUnless(result.Fail)
	}
}

func passedUnless(failed bool) string {
	if failed {
		return "failed"
	}
	return "passed"
}

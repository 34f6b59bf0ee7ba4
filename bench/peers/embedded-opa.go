// OPA inside a Go program, as the peer of bench/decision.mjs: evaluates one prepared query over the given Rego and data.
// Arguments: a folder with Rego and data.json, a file with the input. For each line on stdin, a number of milliseconds,
// it decides for so long and prints {"p50Us": …, "p99Us": …}.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"strconv"
	"time"

	"github.com/open-policy-agent/opa/v1/rego"
)

func main() {
	ctx := context.Background()
	query, err := rego.New(
		rego.Query("data.meshclaw.authz.decision"),
		rego.LoadBundle(os.Args[1]),
	).PrepareForEval(ctx)
	if err != nil {
		panic(err)
	}
	bytes, err := os.ReadFile(os.Args[2])
	if err != nil {
		panic(err)
	}
	var input map[string]any
	if err := json.Unmarshal(bytes, &input); err != nil {
		panic(err)
	}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		milliseconds, err := strconv.Atoi(lines.Text())
		if err != nil {
			panic(err)
		}
		p50, p99 := decide(ctx, query, input, time.Duration(milliseconds)*time.Millisecond)
		fmt.Printf("{\"p50Us\":%.3f,\"p99Us\":%.3f}\n", p50, p99)
	}
}

func decide(ctx context.Context, query rego.PreparedEvalQuery, input map[string]any, long time.Duration) (float64, float64) {
	times := []float64{}
	for end := time.Now().Add(long); time.Now().Before(end); {
		start := time.Now()
		results, err := query.Eval(ctx, rego.EvalInput(input))
		times = append(times, float64(time.Since(start).Nanoseconds())/1000)
		answer, ok := results[0].Expressions[0].Value.(map[string]any)
		if err != nil || !ok || answer["effect"] != "approval_required" {
			panic("not the decision this benchmark is about")
		}
	}
	sort.Float64s(times)
	return times[len(times)/2], times[len(times)*99/100]
}

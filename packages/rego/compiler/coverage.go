package main

import (
	"github.com/open-policy-agent/opa/v1/cover"
)

type position struct {
	Row    int `json:"row"`
	Column int `json:"column"`
}

type sourceRange struct {
	Start position `json:"start"`
	End   position `json:"end"`
}

type fileCoverage struct {
	Percent         float64       `json:"percent"`
	CoveredLines    int           `json:"coveredLines"`
	NotCoveredLines int           `json:"notCoveredLines"`
	Covered         []sourceRange `json:"covered"`
	NotCovered      []sourceRange `json:"notCovered"`
}

type coverage struct {
	Percent         float64                 `json:"percent"`
	CoveredLines    int                     `json:"coveredLines"`
	NotCoveredLines int                     `json:"notCoveredLines"`
	Files           map[string]fileCoverage `json:"files"`
}

// describeCoverage reports percentages as they are, never rounded: 99.99 must not read as 100.
func describeCoverage(report cover.Report) *coverage {
	described := &coverage{
		Percent:         report.Coverage,
		CoveredLines:    report.CoveredLines,
		NotCoveredLines: report.NotCoveredLines,
		Files:           make(map[string]fileCoverage, len(report.Files)),
	}
	for path, file := range report.Files {
		described.Files[path] = fileCoverage{
			Percent:         file.Coverage,
			CoveredLines:    file.CoveredLines,
			NotCoveredLines: file.NotCoveredLines,
			Covered:         describeRanges(file.Covered),
			NotCovered:      describeRanges(file.NotCovered),
		}
	}
	return described
}

func describeRanges(ranges []cover.Range) []sourceRange {
	described := make([]sourceRange, 0, len(ranges))
	for _, one := range ranges {
		described = append(described, sourceRange{
			Start: position{one.Start.Row, one.Start.Col},
			End:   position{one.End.Row, one.End.Col},
		})
	}
	return described
}

// Command regoc is OPA's Rego compiler, tester and formatter as one WebAssembly module.
//
// It is a WASI reactor: the host calls _initialize once and then, for each request,
// regoc_in to get room for the request, regoc_call to run it and regoc_out to find the
// reply. It opens no files and reads no environment.
//
// A request is JSON. A reply is four bytes (the length of its JSON, little endian), the
// JSON and then, for a build, the bytes of the policy module.
package main

import (
	"encoding/binary"
	"encoding/json"
	"unsafe"
)

// The host writes into and reads from these two buffers, so they must stay reachable.
var incoming, outgoing []byte

func main() {}

//go:wasmexport regoc_in
func regocIn(size int32) unsafe.Pointer {
	incoming = make([]byte, max(int(size), 1))
	return unsafe.Pointer(unsafe.SliceData(incoming))
}

//go:wasmexport regoc_call
func regocCall(size int32) int32 {
	reply, blob := answer(incoming[:size])
	incoming = nil
	outgoing = frame(reply, blob)
	return int32(len(outgoing))
}

//go:wasmexport regoc_out
func regocOut() unsafe.Pointer {
	return unsafe.Pointer(unsafe.SliceData(outgoing))
}

//go:wasmexport regoc_free
func regocFree() {
	outgoing = nil
}

func frame(reply reply, blob []byte) []byte {
	encoded, err := json.Marshal(reply)
	if err != nil {
		encoded, _ = json.Marshal(failure(faultInternal, plainDiagnostic(err.Error())))
		blob = nil
	}
	framed := make([]byte, 0, 4+len(encoded)+len(blob))
	framed = binary.LittleEndian.AppendUint32(framed, uint32(len(encoded)))
	framed = append(framed, encoded...)
	return append(framed, blob...)
}

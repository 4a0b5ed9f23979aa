// Reads envelopes, one JSON string a line, as Go's encoding/json does, which takes a key for a field whatever its case; writes what it takes them for.
package main

import (
	"bufio"
	"encoding/json"
	"os"
)

type message struct {
	Method *string `json:"method"`
	ID     any     `json:"id"`
	Params struct {
		Name      *string `json:"name"`
		URI       *string `json:"uri"`
		TaskID    *string `json:"taskId"`
		Arguments any     `json:"arguments"`
	} `json:"params"`
}

func main() {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return
		}
		var text string
		var m message
		if json.Unmarshal(line, &text) != nil || json.Unmarshal([]byte(text), &m) != nil {
			_ = out.Encode(map[string]any{"refused": "error"})
			continue
		}
		_ = out.Encode(map[string]any{"method": m.Method, "id": m.ID, "name": m.Params.Name, "uri": m.Params.URI, "taskId": m.Params.TaskID, "arguments": m.Params.Arguments})
	}
}

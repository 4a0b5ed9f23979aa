// Reads arguments, one line each, as Go programs do: encoding/json accepts Amount for amount, and the last of both counts.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
)

type arguments struct {
	Amount     float64 `json:"amount"`
	Task       string  `json:"task"`
	NationalID string  `json:"nationalId"`
	Order      struct {
		Amount float64 `json:"amount"`
	} `json:"order"`
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var a arguments
		_ = json.Unmarshal(lines.Bytes(), &a)
		fmt.Printf("paid %v and %v for %q by %q\n", a.Amount, a.Order.Amount, a.Task, a.NationalID)
	}
}

// The other end of a tunnel as hashicorp/yamux speaks it, for tests/integration/yamux_interop_test.ts:
//
//	yamux_peer ADDRESS client|server
//
// It dials the address and does what the lines on its standard input say, one answer line for each. What is asked of it
// on a stream that the other side opens stands in the first line of that stream.
package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"strings"

	"github.com/hashicorp/yamux"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: yamux_peer ADDRESS client|server")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(address, role string) error {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	session, err := newSession(conn, role)
	if err != nil {
		return err
	}
	defer session.Close()
	go acceptAll(session)
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		fmt.Println(command(session, lines.Text()))
	}
	return lines.Err()
}

func newSession(conn net.Conn, role string) (*yamux.Session, error) {
	config := yamux.DefaultConfig()
	config.LogOutput = io.Discard // it tells of frames that cross the end of their stream
	if role == "client" {
		// A window larger than the first one is announced with the opening of a stream.
		config.MaxStreamWindowSize = 1024 * 1024
		return yamux.Client(conn, config)
	}
	return yamux.Server(conn, config)
}

func acceptAll(session *yamux.Session) {
	for {
		stream, err := session.AcceptStream()
		if err != nil {
			return
		}
		go serve(stream)
	}
}

func serve(stream *yamux.Stream) {
	defer stream.Close()
	reader := bufio.NewReader(stream)
	what, err := reader.ReadString('\n')
	if err != nil {
		return
	}
	switch strings.TrimSpace(what) {
	case "echo": // while it still reads
		io.Copy(stream, reader)
	case "count": // writes after it has read the end
		count, _ := io.Copy(io.Discard, reader)
		fmt.Fprintf(stream, "%d", count)
	case "farewell": // ends its own direction first, and reads on
		fmt.Fprint(stream, "goodbye")
		stream.Close()
		count, err := io.Copy(io.Discard, reader)
		fmt.Printf("after the farewell: %d %v\n", count, err)
	case "stall": // reads nothing until the stream is gone
		<-make(chan struct{})
	}
}

func command(session *yamux.Session, line string) string {
	var what string
	var number int
	fmt.Sscanf(line, "%s %d", &what, &number)
	switch what {
	case "echo":
		return result(echo(session, number))
	case "ping":
		_, err := session.Ping()
		return result(err)
	case "goaway":
		return result(session.GoAway())
	case "close":
		return result(session.Close())
	case "streams":
		return fmt.Sprint(session.NumStreams())
	}
	return "unknown command"
}

func result(err error) string {
	if err != nil {
		return err.Error()
	}
	return "ok"
}

// Sends so many bytes on a stream of its own, ends, and compares what comes back.
func echo(session *yamux.Session, length int) error {
	stream, err := session.OpenStream()
	if err != nil {
		return err
	}
	sent := make([]byte, length)
	for at := range sent {
		sent[at] = byte(at * 7)
	}
	failed := make(chan error, 1)
	go func() {
		_, err := stream.Write(sent)
		stream.Close()
		failed <- err
	}()
	got, err := io.ReadAll(stream)
	if writeErr := <-failed; writeErr != nil {
		return fmt.Errorf("write: %w", writeErr)
	}
	if err != nil {
		return fmt.Errorf("read: %w", err)
	}
	if !bytes.Equal(got, sent) {
		return fmt.Errorf("sent %d bytes and got %d others back", len(sent), len(got))
	}
	return nil
}
